// The lab's page as a whole: head, messages, and the panels in their places.
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { AttackPanel } from './panels/attack-panel.tsx'
import { ContenderSwitch, contenderInWords } from './panels/contender-switch.tsx'
import { Counters } from './panels/counters.tsx'
import { Intro, TourPanel } from './panels/intro.tsx'
import { LogPanel } from './panels/log-panel.tsx'
import { NeighbourhoodActions } from './panels/meter-actions.tsx'
import { MeterPanel } from './panels/meter-panel.tsx'
import { SightPanel } from './panels/sight-panel.tsx'
import { SlotStrip } from './panels/slot-strip.tsx'
import { TotalsPanel } from './panels/totals-panel.tsx'
import { RingLegend, SlotInWords } from './ring/ring-legend.tsx'
import { RingView } from './ring/ring-view.tsx'
import type { Connection, LabStore } from './state/lab-store.ts'

const CONNECTION_WORDS: Readonly<Record<Connection, string>> = {
  connecting: '○ connecting',
  live: '● live',
  lost: '▲ connection lost, trying again'
}

/** Lays out the living neighbourhood. */
export function LabPage({ store }: { readonly store: LabStore }): JSX.Element {
  useEffect(() => {
    store.start()
    return () => store.stop()
  }, [store])
  return (
    <>
      <a class="skip" href="#ring-heading">
        To the ring
      </a>
      <Head store={store} />
      <main>
        <Messages store={store} />
        <div class="lab" data-masks={store.contender.value?.masks}>
          <Intro store={store} />
          <Counters store={store} />
          <TourPanel store={store} />
          <section class="panel ring-panel" aria-labelledby="ring-heading">
            <div class="panel-head">
              <h2 id="ring-heading" tabIndex={-1}>
                The ring now <span class="muted">epoch {store.state.value?.epoch ?? '–'}</span>
              </h2>
              <NeighbourhoodActions store={store} />
            </div>
            <div class="ring-parts">
              <RingView store={store} />
              <div class="ring-words">
                <SlotInWords store={store} />
                <RingLegend masks={store.contender.value?.masks ?? true} />
              </div>
            </div>
            <SlotStrip store={store} />
          </section>
          <MeterPanel store={store} />
          <SightPanel store={store} />
          <TotalsPanel store={store} />
          {store.contender.value?.notAskedTwice === undefined && <AttackPanel store={store} />}
          <LogPanel store={store} />
        </div>
      </main>
    </>
  )
}

function Head({ store }: { readonly store: LabStore }): JSX.Element {
  const state = store.state.value
  return (
    <header class="head">
      <div class="head-name">
        <h1>
          Hushgrid <span class="muted">{state?.network ?? 'neighbourhood'}</span>
        </h1>
        <p class="muted">{contenderInWords(store)}</p>
      </div>
      <ContenderSwitch store={store} />
      <p class="connection" role="status" data-connection={store.connection.value}>
        {CONNECTION_WORDS[store.connection.value]}
      </p>
    </header>
  )
}

/** Tells which action was begun, and why one was refused. */
function Messages({ store }: { readonly store: LabStore }): JSX.Element {
  const problem = store.problem.value
  return (
    <div class="messages">
      <div aria-live="assertive" data-live="problem">
        {problem !== '' && (
          <p class="problem">
            {problem}{' '}
            <button type="button" onClick={() => (store.problem.value = '')}>
              Dismiss
            </button>
          </p>
        )}
      </div>
      <p class="notice" aria-live="polite" data-live="notice">
        {store.notice.value}
      </p>
    </div>
  )
}
