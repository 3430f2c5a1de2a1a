import type { JSX } from 'preact'
import type { LabStore } from '../state/lab-store.ts'

/** Switches among the ways to keep readings apart: a press forms the neighbourhood anew. */
export function ContenderSwitch({ store }: { readonly store: LabStore }): JSX.Element {
  const idle = store.busy.value || store.phase.value === undefined || store.phase.value === 'switching'
  const why = store.state.value?.notSwitched
  return (
    <div class="contender-switch">
      <fieldset class="contenders" aria-label="How readings are kept apart" {...(why !== undefined && { 'aria-describedby': 'no-switch' })}>
        {store.contenders.value.map(({ name, label }) => {
          const now = name === store.contender.value?.name
          return (
            <button
              key={name}
              type="button"
              aria-pressed={now}
              disabled={!now && (idle || why !== undefined)}
              onClick={() => void (now || store.act({ do: 'switch', contender: name }, `The neighbourhood is formed anew: ${label}.`))}
            >
              {label}
            </button>
          )
        })}
      </fieldset>
      {why !== undefined && (
        <p class="no-switch muted" id="no-switch">
          {why}
        </p>
      )}
    </div>
  )
}

/** Words the running contender, with its main figures. */
export function contenderInWords(store: LabStore): string {
  const state = store.state.value
  if (!state) return ''
  const { contender, bits, recovery, degree, slotSeconds, slotMs } = state
  return [
    contender.label,
    ...(contender.masks ? [`${degree} mask neighbours each`, `recovery ${recovery ?? 'none'}`] : []),
    ...(bits === undefined ? [] : [`Paillier of ${bits} bits`]),
    `slots of ${slotSeconds} s in ${slotMs} ms`
  ].join(', ')
}
