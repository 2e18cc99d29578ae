import type { AccountMargin } from '../engine/core/account-margin.ts';
import type { MarginDto } from '../../src-preload/contract/state.ts';

export function marginDto({ accountId, told }: AccountMargin): MarginDto {
  if (told === null) {
    return { accountId, isKnown: false, level: null, liquidationLevel: null, freeMargin: null, currency: null };
  }
  const { level, liquidationLevel, freeMargin, asset } = told.standing;
  return { accountId, isKnown: true, level, liquidationLevel, freeMargin, currency: asset };
}
