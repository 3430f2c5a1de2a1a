// The panel of one meter: its readings, and the values that leave the house.
import type { LabContender, LabMeterDetail } from '@hushgrid/web-api'
import type { ComponentChildren, JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../common/chart.tsx'
import { quantityOf, unitOf } from '../../common/quantities.ts'
import { BitRaster } from '../ring/bit-raster.tsx'
import { stateInWords } from '../ring/ring-marks.ts'
import { inThrees, kwhOf, laneName, showKwh, showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { type MeterViews, meterViews, type ReceivedView } from '../state/meter-views.ts'
import { roleName } from '../state/roles.ts'
import { StepNumber, TOUR } from './intro.tsx'
import { AskedTwice, MeterActions } from './meter-actions.tsx'

const CHART_HEIGHT = 160
const HEX_SHOWN = 192

/** Shows one meter: the household's consumption, and beside it the values that leave the house. */
export function MeterPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const household = store.selected.value
  const detail = store.detail.value
  const contender = store.contender.value
  const meter = store.meters.value.find(one => one.household === household)
  return (
    <section class="panel meter" aria-labelledby="meter-heading" data-household={household}>
      <h2 id="meter-heading">{household === undefined ? 'A meter' : `Meter ${household}`}</h2>
      {household === undefined ? (
        <p class="muted">Choose a meter on the ring to compare what its household used with what leaves the house.</p>
      ) : (
        <>
          <p class="meter-state">
            <b>{meter ? stateInWords(meter, store.sets.value) : 'not in the ring'}</b>
            {detail && <MeterFacts detail={detail} />}
          </p>
          <MeterActions store={store} household={household} {...(meter && { meter })} />
          <AskedTwice store={store} household={household} />
          {detail && contender ? (
            <>
              <Views detail={detail} lane={store.lane.value} contender={contender} />
              <PublicKey detail={detail} />
            </>
          ) : (
            <p class="muted">Asks the lab…</p>
          )}
        </>
      )}
    </section>
  )
}

function MeterFacts({ detail }: { readonly detail: LabMeterDetail }): JSX.Element | null {
  const { neighbours, keyAgreements } = detail
  return neighbours.length === 0 ? null : <span class="muted">{` · ${neighbours.length} neighbours, ${keyAgreements} key agreements`}</span>
}

/** Shows the key behind the meter's number on demand. */
function PublicKey({ detail }: { readonly detail: LabMeterDetail }): JSX.Element | null {
  return detail.id === '' ? null : (
    <details class="key">
      <summary>Public key of meter {detail.household}</summary>
      <span class="mono">{detail.id}</span>
    </details>
  )
}

interface ViewsProps {
  readonly detail: LabMeterDetail
  readonly lane: string
  readonly contender: LabContender
}

function Views({ detail, lane, contender }: ViewsProps): JSX.Element {
  const views = useMemo(() => meterViews(detail, lane, contender.forms), [detail, lane, contender])
  const rolesOf = ({ roles }: ReceivedView): string => roles.map(role => roleName(contender, role)).join(' and the ')
  const sealed = views.received.filter(({ form }) => form !== 'plain')
  const plain = views.received.filter(({ form }) => form === 'plain')
  return (
    <div class="sides">
      <Used views={views} lane={lane} />
      {sealed.length === 0 && <p class="muted">Nothing has come from this meter yet.</p>}
      {sealed.map((view, i) => (
        <Sealed
          first={i === 0}
          key={view.form + view.roles.join()}
          view={view}
          roles={rolesOf(view)}
          x={views.x}
          lane={lane}
          neighbours={detail.neighbours.length}
        />
      ))}
      {plain.map(view => (
        <PlainSight key={view.roles.join()} view={view} roles={rolesOf(view)} x={views.x} lane={lane} />
      ))}
    </div>
  )
}

function Used({ views, lane }: { readonly views: MeterViews; readonly lane: string }): JSX.Element {
  const series = useMemo(() => [{ label: `used (${laneName(lane)})`, values: views.used, steps: true }], [views, lane])
  const { lastUsed } = views
  const { unit, shownUnit } = quantityOf(lane)
  return (
    <section class="side side-in" aria-labelledby="used-heading" id={TOUR.used} tabIndex={-1}>
      <h3 id="used-heading">
        <StepNumber number={1} /> What the household used
      </h3>
      <Note>Only this lab page knows it.</Note>
      <Figure value={lastUsed ? showKwh(kwhOf(lastUsed.wh)) : '–'} unit={shownUnit} {...(lastUsed && { start: lastUsed.start })} />
      <Chart title="Used" unit={`${shownUnit} per slot`} x={views.x} series={series} height={CHART_HEIGHT} />
      <BitRaster values={views.usedBits} label={`The readings in ${unit} as 64 bits, a row a slot: only the last few bits are ever set`} />
      <p class="caption muted">The same in {unit}, 64 bits a slot, newest at the bottom</p>
    </section>
  )
}

interface ReceivedProps {
  readonly view: ReceivedView
  /** Receiving roles, for people. */
  readonly roles: string
  /** Start of each slot, seconds since 1970. */
  readonly x: readonly number[]
  readonly lane: string
}

interface SealedProps extends ReceivedProps {
  /** True of the first role on the way: what it receives is what leaves the house. */
  readonly first: boolean
  readonly neighbours: number
}

function Sealed({ view, roles, x, lane, neighbours, first }: SealedProps): JSX.Element {
  const masked = view.form === 'masked'
  const title = masked ? 'Masked' : 'Ciphertext'
  const series = useMemo(() => [{ label: masked ? 'masked reading' : 'last 64 bits', values: view.charted, steps: true }], [view, masked])
  const id = `received-${view.roles.join('-')}`
  return (
    <section class="side side-out" aria-labelledby={id} data-form={view.form} {...(first && { id: TOUR.left, tabIndex: -1 })}>
      <h3 id={id}>
        {first && <StepNumber number={2} />} The {roles} {view.roles.length === 1 ? 'receives' : 'receive'}
      </h3>
      <Note>
        {masked
          ? `The reading plus ${neighbours > 0 ? neighbours : 'its'} masks, modulo 2⁶⁴: noise to all who lack the keys.`
          : 'A ciphertext: noise to all who lack the secret key.'}
      </Note>
      {masked ? (
        <Figure value={inThrees(view.last.value)} unit="mod 2⁶⁴" start={view.last.start} long />
      ) : (
        <Ciphertext hex={view.last.value} start={view.last.start} />
      )}
      <Chart
        title={title}
        unit={masked ? `10¹⁸ ${quantityOf(lane).unit}, mod 2⁶⁴` : 'last 64 bits, 10¹⁸'}
        x={x}
        series={series}
        height={CHART_HEIGHT}
      />
      <BitRaster values={view.bits} label="What is received as 64 bits, a row a slot: about half of all bits are set, without a pattern" />
      <p class="caption muted">
        {masked ? 'The same' : 'Its last 64 bits'}, {masked ? '64 bits a slot, ' : ''}newest at the bottom
      </p>
    </section>
  )
}

function Ciphertext({ hex, start }: { readonly hex: string; readonly start: string }): JSX.Element {
  return (
    <div class="ciphertext">
      <p class="mono">
        {hex.slice(0, HEX_SHOWN)}
        {hex.length > HEX_SHOWN && '…'}
      </p>
      <p class="caption muted">
        slot {showTime(start)} UTC, {hex.length * 4} bits
      </p>
    </div>
  )
}

/** Warns loudly that somebody beside the household has its reading. */
function PlainSight({ view, roles, x, lane }: ReceivedProps): JSX.Element {
  const series = useMemo(() => [{ label: `decrypted (${laneName(lane)})`, values: view.charted, steps: true }], [view, lane])
  return (
    <section class="side side-plain" aria-labelledby="plain-heading" data-form="plain">
      <h3 id="plain-heading">
        <span aria-hidden="true">⚠ </span>What the {roles} sees: the reading itself
      </h3>
      <Figure value={showKwh(kwhOf(view.last.value))} unit={unitOf(lane)} start={view.last.start} />
      <Chart title={`Decrypted by the ${roles}`} unit={`${unitOf(lane)} per slot`} x={x} series={series} height={CHART_HEIGHT} />
    </section>
  )
}

function Note({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="note">{children}</p>
}

interface FigureProps {
  readonly value: string
  readonly unit: string
  readonly start?: string
  readonly long?: boolean
}

function Figure({ value, unit, start, long }: FigureProps): JSX.Element {
  return (
    <p class={long ? 'figure figure-long' : 'figure'}>
      <b>{value}</b> <span class="muted figure-unit">{unit}</span>
      {start && <span class="figure-slot muted">slot {showTime(start)} UTC</span>}
    </p>
  )
}
