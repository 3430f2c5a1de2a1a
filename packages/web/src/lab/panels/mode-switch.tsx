import type { LabMode, LabVariant } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import type { LabStore } from '../state/lab-store.ts'

interface Way {
  readonly mode: LabMode
  readonly variant?: LabVariant
  readonly name: string
}

const WAYS: readonly Way[] = [
  { mode: 'dcnet', name: 'DC-net' },
  { mode: 'pes', variant: 'reencrypt', name: 'PES, re-encrypting' },
  { mode: 'pes', variant: 'direct', name: 'PES, direct' }
]

/** How readings are kept apart: a press forms the neighbourhood anew that way. */
export function ModeSwitch({ store }: { readonly store: LabStore }): JSX.Element {
  const [mode, variant] = [store.mode.value, store.variant.value]
  const idle = store.busy.value || store.phase.value === undefined || store.phase.value === 'switching'
  return (
    <fieldset class="modes" aria-label="How readings are kept apart">
      {WAYS.map(way => {
        const now = way.mode === mode && (way.mode === 'dcnet' || way.variant === variant)
        const { name, ...to } = way
        return (
          <button
            key={name}
            type="button"
            aria-pressed={now}
            disabled={idle && !now}
            onClick={() => void (now || store.act({ do: 'switch', ...to }, `The neighbourhood is formed anew: ${name}.`))}
          >
            {name}
          </button>
        )
      })}
    </fieldset>
  )
}

/** Which way it is, with the figures that matter. */
export function modeInWords(store: LabStore): string {
  const state = store.state.value
  if (!state) return ''
  const { mode, variant, bits, recovery, degree } = state
  const each = `slots of ${state.slotSeconds} s in ${state.slotMs} ms`
  if (mode === 'dcnet') return `DC-net, ${degree} mask neighbours each, recovery ${recovery ?? 'none'}, ${each}`
  return `${WAYS.find(way => way.variant === variant)?.name ?? 'PES'}, Paillier of ${bits ?? '–'} bits, ${each}`
}
