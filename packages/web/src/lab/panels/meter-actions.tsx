// Buttons that act on a meter or on the neighbourhood.
import type { LabAction, LabMeter } from '@hushgrid/web-api'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { roleName } from '../state/roles.ts'

interface MeterActionsProps {
  readonly store: LabStore
  readonly household: number
  /** Meter of the household; none where it is not in the ring. */
  readonly meter?: LabMeter
}

/** Offers actions on one meter. Disables those that do not fit its state; the lab refuses others that do not fit. */
export function MeterActions({ store, household, meter }: MeterActionsProps): JSX.Element {
  const idle = store.phase.value !== 'running' || store.busy.value
  const state = meter?.state
  const member = state === 'in' || state === 'absent'
  const spare = store.state.value?.spare.includes(household) ?? false
  const button = (action: LabAction, text: string, begun: string, able: boolean, danger = false): JSX.Element => (
    <button type="button" class={danger ? 'danger' : ''} disabled={idle || !able} onClick={() => void store.act(action, begun)}>
      {text}
    </button>
  )
  return (
    <fieldset class="actions" aria-label={`Meter ${household}`}>
      {!meter && button({ do: 'join', household }, 'Join', `Meter ${household} joins at the next epoch.`, spare)}
      {meter && button({ do: 'leave', household }, 'Leave', `Meter ${household} asks to leave.`, member)}
      {meter && button({ do: 'crash', household }, 'Crash', `Meter ${household} is killed.`, member || state === 'leaving', true)}
      {meter && button({ do: 'restart', household }, 'Restart', `Meter ${household} starts again.`, state === 'down')}
      {meter &&
        store.contender.value?.notAskedTwice === undefined &&
        button(
          { do: 'ask-twice', household },
          'Ask twice',
          `The aggregator asks twice about meter ${household}.`,
          state === 'in' && store.state.value?.aggregatorUp === true,
          true
        )}
    </fieldset>
  )
}

/** Tells in one line what came of asking twice about a meter, or why nobody can. */
export function AskedTwice({ store, household }: { readonly store: LabStore; readonly household: number }): JSX.Element {
  const why = store.contender.value?.notAskedTwice
  const asked = store.asked.value?.household === household ? store.asked.value : undefined
  const verdict = asked?.verdict
  return (
    <p class="verdict" aria-live="polite">
      {why !== undefined && <span class="muted">{why}</span>}
      {why === undefined && !asked && <span class="muted">Ask twice: the attack that recovery invites. Its verdict comes here.</span>}
      {asked && !verdict && `Asks twice in the slot of ${showTime(asked.start)} UTC …`}
      {verdict && (
        <>
          <b class={verdict.held ? 'good' : 'bad'}>{verdict.held ? '■ Asked twice:' : '⚠ Asked twice:'}</b> {verdict.text}.
        </>
      )}
    </p>
  )
}

/** Offers actions on the neighbourhood: a household joins, the role that collects crashes and restarts. */
export function NeighbourhoodActions({ store }: { readonly store: LabStore }): JSX.Element {
  const chosen = useSignal('')
  const state = store.state.value
  const spare = state?.spare ?? []
  const idle = store.phase.value !== 'running' || store.busy.value
  const role = state ? roleName(state.contender, state.contender.collector) : 'aggregator'
  const household = spare.find(one => String(one) === chosen.value)
  const join = (): void => {
    const begun = household === undefined ? 'A household joins.' : `Meter ${household} joins at the next epoch.`
    void store.act({ do: 'join', ...(household !== undefined && { household }) }, begun)
  }
  return (
    <fieldset class="actions" aria-label="Neighbourhood">
      <label class="visually-hidden" for="spare">
        Household that joins
      </label>
      <select
        id="spare"
        value={chosen.value}
        disabled={idle || spare.length === 0}
        onChange={event => (chosen.value = event.currentTarget.value)}
      >
        <option value="">{spare.length === 0 ? 'none spare' : 'first spare'}</option>
        {spare.map(one => (
          <option key={one} value={String(one)}>
            household {one}
          </option>
        ))}
      </select>
      <button type="button" disabled={idle || spare.length === 0} onClick={join}>
        Join
      </button>
      {state?.aggregatorUp !== false ? (
        <button
          type="button"
          class="danger"
          disabled={idle || !state}
          onClick={() => void store.act({ do: 'aggregator-crash' }, `The ${role} is killed.`)}
        >
          Crash {role}
        </button>
      ) : (
        <button type="button" disabled={idle} onClick={() => void store.act({ do: 'aggregator-restart' }, `The ${role} starts again.`)}>
          Restart {role}
        </button>
      )}
    </fieldset>
  )
}
