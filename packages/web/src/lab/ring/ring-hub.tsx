// The middle of the ring.
import type { JSX } from 'preact'
import { unitOf } from '../../common/quantities.ts'
import { laneKwh, laneName, showKwh, showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'

/** What is in the middle of the ring: who adds up, the open slot, and the last total. */
export function RingHub({ store }: { readonly store: LabStore }): JSX.Element {
  const state = store.state.value
  const pes = state?.mode === 'pes'
  return (
    <div class={pes ? 'hub hub-wide' : 'hub'} data-phase={state?.phase ?? 'connecting'}>
      {state?.phase === 'running' ? pes ? <PesHub store={store} /> : <AggregatorHub store={store} /> : <HubPhase store={store} />}
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

function AggregatorHub({ store }: { readonly store: LabStore }): JSX.Element {
  const up = store.state.value?.aggregatorUp
  return (
    <>
      <span class="hub-role">aggregator</span>
      {up ? <OpenSlot store={store} /> : <strong class="bad">✕ down</strong>}
      <LastTotal store={store} />
    </>
  )
}

/** The concentrator passes ciphertexts on, the PES adds them up; whether it opens them first depends on the variant. */
function PesHub({ store }: { readonly store: LabStore }): JSX.Element {
  const state = store.state.value
  const direct = state?.variant === 'direct'
  return (
    <>
      <div class="hub-box">
        <span class="hub-role">concentrator</span>
        {state?.aggregatorUp ? <OpenSlot store={store} /> : <strong class="bad">✕ down</strong>}
      </div>
      <Flow words="each ciphertext" />
      <div class={direct ? 'hub-box' : 'hub-box hub-plain'}>
        <span class="hub-role">PES</span>
        <span class="hub-note">{direct ? 'adds up, opens nothing' : '⚠ decrypts readings'}</span>
      </div>
      <Flow words="encrypted sum" />
      <div class="hub-box">
        <span class="hub-role">supplier</span>
        <LastTotal store={store} />
      </div>
    </>
  )
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
  return (
    <span class="hub-total" title={`Published ${laneName(lane)} of ${showTime(last.start)} UTC`}>
      <b class="number">{showKwh(laneKwh(last.total, lane))}</b> {unitOf(lane)}
      <span class={last.exact ? 'good' : 'bad'}>{last.exact ? ' ✓ exact' : ' ≠ true sum'}</span>
    </span>
  )
}
