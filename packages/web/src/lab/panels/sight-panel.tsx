import type { JSX } from 'preact'
import type { LabStore } from '../state/lab-store.ts'

/** Shows where plaintext of one household's slot exists. */
export function SightPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const rows = store.contender.value?.sight ?? []
  return (
    <section class="panel sight" aria-labelledby="sight-heading">
      <h2 id="sight-heading">Where plaintext exists</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Where plaintext exists, table">
        <table>
          <caption>What each role can see of one household's slot, the way it is now</caption>
          <thead>
            <tr>
              <th scope="col">role</th>
              <th scope="col">reading in plain</th>
              <th scope="col">sees</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ role, name, plaintext, sees }) => (
              <tr key={role} data-role={role} class={plaintext && role !== 'meter' ? 'sight-plain' : ''}>
                <th scope="row">{name}</th>
                <td class={plaintext ? (role === 'meter' ? '' : 'warn') : 'good'}>
                  {plaintext ? (role === 'meter' ? 'yes, its own' : '⚠ yes') : '✓ no'}
                </td>
                <td>{sees}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
