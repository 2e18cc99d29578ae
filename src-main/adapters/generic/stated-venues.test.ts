import { expect, it } from 'vitest';
import { abilitiesOf, GENERIC_ABILITIES, GENERIC_VENUES } from '../../engine/domain/generic-venues.ts';
import { loadCcxtClass } from './ccxt-exchange.ts';
import { statedVenues } from './stated-venues.ts';

it('holds the table of the engine to what the installed ccxt states', async () => {
  const stated = await statedVenues();
  expect(Object.keys(stated)).toEqual(GENERIC_VENUES);
  for (const venue of GENERIC_VENUES)
    expect([venue, [...abilitiesOf(venue)].sort()]).toEqual([venue, [...(stated[venue] ?? [])].sort()]);
  const known: readonly string[] = GENERIC_ABILITIES;
  for (const venue of GENERIC_VENUES) for (const ability of abilitiesOf(venue)) expect(known).toContain(ability);
});

it('refuses a class that ccxt does not have, by name', async () => {
  await expect(loadCcxtClass('../ccxt')).rejects.toThrow('expected an exchange id of ccxt, was "../ccxt"');
});
