// The middle of the ring.
import type { LabContender, LabStation } from '@hushgrid/web-api'
import { Fragment, type JSX } from 'preact'
import { unitOf } from '../../common/quantities.ts'
import { laneKwh, laneName, showKwh, showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { roleName, seesPlaintext } from '../state/roles.ts'

/** Fills the middle of the ring: the role that adds up, the open slot, and the last total. */
export function RingHub({ store }: { readonly store: LabStore }): JSX.Element {
  const state = store.state.value
  const wide = state !== undefined && state.contender.path.length > 1
  return (
    <div class={wide ? 'hub hub-wide' : 'hub'} data-phase={state?.phase ?? 'connecting'}>
      {state?.phase === 'running' ? <Path store={store} contender={state.contender} /> : <HubPhase store={store} />}
    </div>
  )
}

function HubPhase({ store }: { readonly store: LabStore }): JSX.Element {
  const state = store.state.value
  if (!state) return <strong>Connecting…</strong>
  if (state.phase === 'ended') return <strong>The run has ended</strong>
  const { forming } = state
  if (!forming) return <strong>{state.phase === 'switching' ? 'Ends this run…' : 'Forming…'}</strong>
  return (
    <>
      <strong>{forming.step}</strong>
      <progress max={forming.of} value={forming.done} aria-label={forming.step} />
      <span class="number">
        {forming.done} of {forming.of}
      </span>
    </>
  )
}

interface PathProps {
  readonly store: LabStore
  readonly contender: LabContender
}

/** Shows the roles that readings pass, from the open slot at the first to the last total; several stand in a box each. */
function Path({ store, contender }: PathProps): JSX.Element {
  const { path } = contender
  return (
    <>
      {path.map((station, i) => {
        const plain = seesPlaintext(contender, station.role)
        const here = (
          <>
            <span class="hub-role">{roleName(contender, station.role)}</span>
            {i === 0 && <Collecting store={store} />}
            <Work station={station} plain={plain} />
            {i === path.length - 1 && <LastTotal store={store} />}
          </>
        )
        return (
          <Fragment key={station.role}>
            {path.length === 1 ? here : <div class={plain ? 'hub-box hub-plain' : 'hub-box'}>{here}</div>}
            {station.passesOn !== undefined && <Flow words={station.passesOn} />}
          </Fragment>
        )
      })}
    </>
  )
}

function Collecting({ store }: { readonly store: LabStore }): JSX.Element {
  return store.state.value?.aggregatorUp ? <OpenSlot store={store} /> : <strong class="bad">✕ down</strong>
}

function Work({ station, plain }: { readonly station: LabStation; readonly plain: boolean }): JSX.Element | null {
  if (station.does === undefined) return null
  return <span class="hub-note">{plain ? `⚠ ${station.does}` : station.does}</span>
}

function Flow({ words }: { readonly words: string }): JSX.Element {
  return (
    <span class="hub-flow">
      ↓ <span class="hub-words">{words}</span>
    </span>
  )
}

function OpenSlot({ store }: { readonly store: LabStore }): JSX.Element {
  const open = store.open.value
  if (!open) return <span class="hub-note">waits for a slot</span>
  return (
    <>
      <strong class="hub-slot">
        {showTime(open.start)} <span class="hub-unit">UTC</span>
      </strong>
      <span class="hub-note number" data-submitted={open.submitted.length}>
        {open.submitted.length} of {store.expected.value} in
      </span>
    </>
  )
}

function LastTotal({ store }: { readonly store: LabStore }): JSX.Element | null {
  const last = store.lastSlot.value
  if (!last) return null
  const lane = store.lane.value
  if (last.lost || !last.total) return <span class="hub-total bad">✕ {showTime(last.start)} lost</span>
  const why = last.withheld[lane]
  if (why) {
    return (
      <span class="hub-total">
        {showTime(last.start)}: {laneName(lane)} {why.text}
      </span>
    )
  }
  return (
    <span class="hub-total" title={`Published ${laneName(lane)} of ${showTime(last.start)} UTC`}>
      <span class="hub-unit">{showTime(last.start)}:</span> <b class="number">{showKwh(laneKwh(last.total, lane))}</b> {unitOf(lane)}{' '}
      <span class={last.exact ? 'hub-exact good' : 'hub-exact bad'}>{last.exact ? '✓ exact' : '≠ true sum'}</span>
    </span>
  )
}
