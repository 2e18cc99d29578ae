import { Component, type ErrorInfo, type ReactNode } from 'react';

type GuardProps = { readonly children: ReactNode; readonly fallback: (error: Error, retry: () => void) => ReactNode };
type GuardState = { readonly error: Error | null };

/** One panel that cannot draw itself must not take the strip and the stop button with it. */
export class PanelGuard extends Component<GuardProps, GuardState> {
  override state: GuardState = { error: null };

  static getDerivedStateFromError(error: unknown): GuardState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  readonly #retry = (): void => this.setState({ error: null });

  override render(): ReactNode {
    const { error } = this.state;
    return error ? this.props.fallback(error, this.#retry) : this.props.children;
  }
}
