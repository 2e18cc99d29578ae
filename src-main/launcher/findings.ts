import type { CoreView } from '../engine/core/core-view.ts';
import type { Difference, DifferenceSide } from '../engine/domain/difference.ts';
import type { Finding } from '../guardian/protocol.ts';

/** A beat stays small: the terminal and the journal have the rest. */
const MAX_FINDINGS = 40;

const isOpen = ({ acceptedBy }: Difference): boolean => acceptedBy === null;

export const hasFindings = (view: CoreView): boolean =>
  view.differences().some(isOpen) || view.otherInstallations().some(({ isTaken }) => !isTaken);

/** Open differences and other Leewards, for the command line. */
export function findingsOf(view: CoreView): readonly Finding[] {
  const others = view.otherInstallations().filter(({ isTaken }) => !isTaken);
  return [
    ...others.map(({ accountId, installation, owner }) => ({
      kind: 'otherInstallation',
      accountId,
      subject: installation,
      believed: '',
      venue: owner,
      proposed: 'chooseOwner',
    })),
    ...view.differences().filter(isOpen).map(findingOf),
  ].slice(0, MAX_FINDINGS);
}

function findingOf({
  asset,
  accountId,
  believed,
  clientOrderId,
  instrumentId,
  kind,
  proposed,
  venue,
  venueOrderId,
}: Difference): Finding {
  const place = asset ?? instrumentId?.split('.')[0] ?? '';
  const id = clientOrderId?.slice(-6) ?? venueOrderId ?? '';
  return {
    kind,
    accountId,
    subject: `${place} ${id}`.trim(),
    believed: sideText(believed),
    venue: sideText(venue),
    proposed,
  };
}

const sideText = ({ status, quantity }: DifferenceSide): string =>
  [status, quantity].filter((text) => text !== null).join(' ');
