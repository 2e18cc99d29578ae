import type { ReactElement } from 'react';
import type { CheckDto, DenialDto, LimitDto, MarginDto } from '../../src-preload/contract/state.ts';
import { useEngine } from '../app/terminal-context.tsx';
import { denialText, denialTitle, limitTitle } from '../app/words.ts';
import { Icon } from '../ui/icons.tsx';
import { Missing, Num } from '../ui/number.tsx';
import { formatDecimal, formatRatio } from '../ui/number-text.ts';
import { clockTextMs } from '../ui/time-text.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';

const WARN_AT = 0.85;
const NONE: PanelCondition = { kind: 'empty', title: 'No limits', detail: 'The engine has told of none yet.' };

const barClass = (ratio: number): string => {
  if (ratio >= 1) return 'bar x';
  return ratio >= WARN_AT ? 'bar w' : 'bar';
};

/** Shown also when unused: a hidden limit is a limit forgotten. */
function LimitRow({ limit }: { readonly limit: LimitDto }): ReactElement {
  const ratio = limit.usedRatio;
  const isNear = ratio !== null && ratio >= WARN_AT;
  return (
    <div className="limit">
      <span>
        {isNear && <span className="warn">! </span>}
        {limitTitle(limit.name)}
      </span>
      <span className="r">
        {limit.used === null ? <Missing reason="not measured" /> : <Num>{formatDecimal(limit.used)}</Num>}
        <Num className="t3"> / {formatDecimal(limit.limit)}</Num>
      </span>
      <span className={`r ${isNear ? 'warn' : 't2'}`}>
        {limit.headroom === null ? <Missing reason="not measured" /> : <Num>{formatDecimal(limit.headroom)}</Num>}
      </span>
      <span className={barClass(ratio ?? 0)}>
        <i style={{ width: `${Math.min(1, Math.max(0, ratio ?? 0)) * 100}%` }} />
        <u style={{ left: `${WARN_AT * 100}%` }} />
      </span>
    </div>
  );
}

/** Ratios read as percent, everything else as it is counted. */
function amountText(text: string, unit: string): string {
  if (unit === 'ratio') return formatRatio(Number(text), 3);
  // From a hundred on, more than two decimals push the number that counts out of sight.
  return /^-?\d{3,}\.\d{3,}$/.test(text) ? formatDecimal(text, 2) : formatDecimal(text);
}

/** A least amount reads the other way round than a limit. */
const boundWord = (name: string): string => (name.endsWith('Minimum') ? '≥' : 'of');

export function CheckRow({ check }: { readonly check: CheckDto }): ReactElement {
  const { name, passed, limit, unit } = check;
  const number = check.after ?? check.used;
  return (
    <div className={passed ? 'check' : 'check no'}>
      <Icon name={passed ? 'check' : 'cross'} />
      <span className="t2">{limitTitle(name)}</span>
      <span className="r">
        {number !== null && <Num>{amountText(number, unit)}</Num>}
        {limit !== null && (
          <Num className="t3">
            {' '}
            {boundWord(name)} {amountText(limit, unit)}
          </Num>
        )}
        {unit !== '' && unit !== 'ratio' && number !== null && <span className="t3 micro"> {unit}</span>}
        {number === null && limit === null && (passed ? 'passed' : 'failed')}
      </span>
    </div>
  );
}

const isPlain = (check: CheckDto): boolean => check.passed && check.after === null && check.used === null;

/** Checks that failed or carry a number, one row each; what merely passed is named in one line. */
export function CheckRows({ checks }: { readonly checks: readonly CheckDto[] }): ReactElement {
  const plain = checks.filter(isPlain);
  const rows = checks.filter((check) => !isPlain(check)).toSorted((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <>
      {rows.map((check) => (
        <CheckRow key={check.name} check={check} />
      ))}
      {plain.length > 0 && (
        <p className="t3 micro">Passed too: {plain.map((check) => limitTitle(check.name).toLowerCase()).join(', ')}.</p>
      )}
    </>
  );
}

function LastDenial({ denial }: { readonly denial: DenialDto }): ReactElement {
  const market = denial.instrumentId?.split('.')[0];
  const failed = denial.checks.filter((check) => !check.passed);
  return (
    <div className="denial">
      <b className="dangerc">{denial.code}</b> <Num className="t3">{clockTextMs(denial.timeUs)}</Num>
      <br />
      <span className="t2">
        {denialTitle(denial.code)}
        {market === undefined ? '' : `, ${market}`}, by {denial.by}. {denialText(denial.code, denial.params)}
      </span>
      <div className="checks">
        {failed.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
        {failed.length < denial.checks.length && (
          <span className="t3">{denial.checks.length - failed.length} other checks passed.</span>
        )}
      </div>
    </div>
  );
}

/** Nearer than this many times the level of liquidation is a warning. */
const NEAR_LIQUIDATION = 1.5;

/** Assets over debts, or margin over what is needed: how near the venue is to closing the account. */
function MarginRow({ margin }: { readonly margin: MarginDto }): ReactElement {
  const { accountId, currency, freeMargin, isKnown, level, liquidationLevel } = margin;
  const isNear = level !== null && Number(level) < Number(liquidationLevel) * NEAR_LIQUIDATION;
  const reason = isKnown ? 'nothing is owed or open' : 'unknown: the venue has not told of late';
  return (
    <div className="limit">
      <span>
        {isNear && <span className="warn">! </span>}
        {accountId}
      </span>
      <span className={`r ${isNear ? 'warn' : ''}`}>
        {level === null ? <Missing reason={reason} /> : <Num>{formatDecimal(level, 2)}</Num>}
        {liquidationLevel !== null && <Num className="t3"> / {formatDecimal(liquidationLevel)}</Num>}
        {!isKnown && <span className="warn micro"> unknown</span>}
      </span>
      <span className="r t2">
        {freeMargin === null ? (
          <Missing reason={isKnown ? 'the venue states none' : reason} />
        ) : (
          <Num>{`${formatDecimal(freeMargin, 2)} ${currency ?? ''}`}</Num>
        )}
      </span>
    </div>
  );
}

const Margins = ({ margins }: { readonly margins: readonly MarginDto[] }): ReactElement => (
  <>
    <div className="limit headrow">
      <span>Margin account</span>
      <span className="r">Level / liquidation</span>
      <span className="r">Free margin</span>
    </div>
    {margins.map((margin) => (
      <MarginRow key={margin.accountId} margin={margin} />
    ))}
  </>
);

type RiskProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export function RiskPanel({ tabs = [], onTab }: RiskProps): ReactElement {
  const risk = useEngine((state) => state.risk);
  const condition = useCondition(risk?.limits.length === 0 ? NONE : READY);
  return (
    <Panel digit="5" title="Risk" condition={condition} isScrolling tabs={tabs} {...(onTab && { onTab })}>
      <div className="limit headrow">
        <span>Limit</span>
        <span className="r">Used / limit</span>
        <span className="r">Headroom</span>
      </div>
      {risk?.limits.map((limit) => (
        <LimitRow key={`${limit.name} ${limit.unit}`} limit={limit} />
      ))}
      {risk !== null && risk.margins.length > 0 && <Margins margins={risk.margins} />}
      <div className="sec" style={{ marginTop: 4 }}>
        <span>Last denial</span>
        <span className="t3 micro">{risk?.denialsToday ?? 0} today</span>
      </div>
      {risk?.lastDenial ? <LastDenial denial={risk.lastDenial} /> : <p className="none">Nothing was denied.</p>}
    </Panel>
  );
}
