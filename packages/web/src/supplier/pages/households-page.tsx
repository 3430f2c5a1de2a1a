// The page of households, under their pseudonyms.
import type { HouseholdAccount, Households, Networks } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { BilledBands } from '../parts/billed-bands.tsx'
import { BillsTable } from '../parts/bills-table.tsx'
import { Answer, NetworkChoice, NO_NETWORK, Table } from '../parts/parts.tsx'
import { useDesk, useJson } from '../session/session.ts'
import { moment } from '../times.ts'
import { counted, energyOf, laneName } from '../words.ts'

export function HouseholdsPage(): JSX.Element {
  const networks = useJson<Networks>('/api/networks')
  const [chosen, choose] = useState<string>()
  return (
    <>
      <h2>Households</h2>
      <p>
        A household is known here by its pseudonym. Of what it used, the store has nothing finer than a billing period; its readings by slot
        are encrypted under a key that only its meter and its customer have.
      </p>
      <Answer of={networks} what="the neighbourhoods">
        {known => {
          const network = known.find(each => each.network === chosen)?.network ?? known[0]?.network
          if (network === undefined) return <p class="panel">{NO_NETWORK}</p>
          return (
            <>
              {known.length > 1 && <NetworkChoice networks={known} network={network} choose={choose} />}
              <Pseudonyms key={network} network={network} />
            </>
          )
        }}
      </Answer>
    </>
  )
}

function Pseudonyms({ network }: { readonly network: string }): JSX.Element {
  const found = useJson<Households>(`/api/households?${new URLSearchParams({ network })}`)
  const [part, setPart] = useState('')
  const [household, setHousehold] = useState<string>()
  return (
    <Answer of={found} what="the households">
      {({ households }) => {
        if (households.length === 0) return <p class="panel">The store has nothing of any household in {network} yet.</p>
        const shown = households.filter(name => name.includes(part.trim().toLowerCase()))
        return (
          <div class="beside">
            <section class="panel">
              <h3>{counted(households.length, 'pseudonym')}</h3>
              <div class="field no-print">
                <label for="part">With these characters</label>
                <input id="part" value={part} onInput={event => setPart(event.currentTarget.value)} autocomplete="off" spellcheck={false} />
              </div>
              {shown.length === 0 && <p>None has them.</p>}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
              <ul class="pick scroll" tabIndex={0} aria-label="Pseudonyms">
                {shown.map(name => (
                  <li key={name}>
                    <button type="button" aria-pressed={name === household} onClick={() => setHousehold(name)}>
                      <Breakable text={name} />
                    </button>
                  </li>
                ))}
              </ul>
            </section>
            {household === undefined ? (
              <section class="panel">
                <p>
                  Choose a pseudonym to see its billing periods and bills. That you looked is in the audit log, which customers see, too.
                </p>
              </section>
            ) : (
              <Account key={household} network={network} household={household} />
            )}
          </div>
        )
      }}
    </Answer>
  )
}

function Account({ network, household }: { readonly network: string; readonly household: string }): JSX.Element {
  const { zone } = useDesk()
  const found = useJson<HouseholdAccount>(`/api/households?${new URLSearchParams({ network, household })}`)
  return (
    <section class="panel">
      <h3>
        <Breakable text={household} />
      </h3>
      <Answer of={found} what="the household’s periods">
        {({ periods, bills, prices }) => (
          <>
            {periods.length === 0 ? (
              <p>There is no billing period with what this household used: its bills say what is to be paid.</p>
            ) : (
              <Table caption={`What it used over billing periods, times in ${zone}`} heads={['Period', 'Energy', '#kWh', 'From']}>
                {periods.flatMap(({ from, until, wattHours, source }) =>
                  Object.entries(wattHours).map(([lane, used]) => (
                    <tr key={`${from} ${lane} ${source}`}>
                      <th scope="row">
                        {moment(from, zone)} to {moment(until, zone)}
                      </th>
                      <td>{laneName(lane)}</td>
                      <td class="number">{energyOf(lane, used)}</td>
                      <td>{source === 'paillier' ? 'an encrypted sum' : 'a bill'}</td>
                    </tr>
                  ))
                )}
              </Table>
            )}
            {bills.length === 0 ? <p>There is no bill.</p> : <BillsTable network={network} bills={bills} caption="Bills" />}
            <BilledBands prices={prices} />
          </>
        )}
      </Answer>
    </section>
  )
}
