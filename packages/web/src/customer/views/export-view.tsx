// "Export": all data of the household, to take away.
import type { Consents, CustomerBills, SeenBySupplier } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { dateIn } from '../../common/local-time.ts'
import { download, toCsv, toJson } from '../figures/exports.ts'
import type { Household } from '../keeper/household.ts'
import { sentenceOf } from '../use-loaded.ts'
import { Heading, ProblemText, ServerKnows } from './parts.tsx'
import type { ViewProps } from './view-props.ts'

/** Offers all data of the household as files made here. */
export function ExportView({ household, focus }: ViewProps): JSX.Element {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<string>()

  async function make(what: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await openAll(household, setSaid)
      await what()
      const left = household.batches.value.filter(({ refused }) => refused !== undefined).length
      const unchecked = household.batches.value.filter(({ refused, signature }) => refused === undefined && signature !== 'holds').length
      setSaid(
        [
          'The file is made and handed to your browser to save.',
          ...(left > 0 ? [`Left out, since they cannot be trusted: readings of ${left} ${left === 1 ? 'batch' : 'batches'}.`] : []),
          ...(unchecked > 0 ? [`This browser could not check every signature; what it could not check is in the file all the same.`] : [])
        ].join(' ')
      )
    } catch (cause) {
      setSaid('')
      setProblem(sentenceOf(cause))
    } finally {
      setBusy(false)
    }
  }

  const stem = `hushgrid-${household.session.account}-${dateIn(household.zone, Date.now() / 1000)}`
  const none = household.batches.value.length === 0
  return (
    <>
      <Heading focus={focus}>Export</Heading>
      <p>Take your data with you. Every reading is decrypted and its meter’s signature checked before it is written.</p>
      <section class="panel" aria-labelledby="csv">
        <h2 id="csv">Readings as CSV</h2>
        <p>
          For a spreadsheet: a row for each slot with its start in UTC and in local time ({household.zone}), and the energy in Wh. Slots
          without a reading are left out.
        </p>
        {none && <p>There are no readings to export.</p>}
        {household.meters.map((meter, i) => (
          <button
            type="button"
            key={meter}
            disabled={busy || none}
            onClick={() =>
              void make(async () => {
                for (const [part, spans] of byLanes(household, meter))
                  download(`${stem}${i === 0 ? '' : `-meter-${i + 1}`}${part}.csv`, 'text/csv', toCsv(spans, household.zone))
                return await Promise.resolve()
              })
            }
          >
            {household.meters.length === 1 ? 'Save readings as CSV' : `Save readings of meter ${meter.slice(0, 8)}… as CSV`}
          </button>
        ))}
      </section>
      <section class="panel" aria-labelledby="json">
        <h2 id="json">Everything as JSON</h2>
        <p>Readings, bills with their checks, all that the supplier sees of you with who looked at it, and your consents, in one file.</p>
        <button
          type="button"
          disabled={busy}
          onClick={() => void make(async () => download(`${stem}.json`, 'application/json', toJson(await everything(household))))}
        >
          Save everything as JSON
        </button>
      </section>
      <p role="status">{said}</p>
      <ProblemText text={problem} />
      <ServerKnows>
        that your bills and what it sees of you were asked for, which the list of who looked shows. The readings in the files it does not
        know: the files are made in this browser.
      </ServerKnows>
    </>
  )
}

/** Decrypts and checks all batches. */
async function openAll(household: Household, say: (text: string) => void): Promise<void> {
  say('Decrypting your readings …')
  for (const meter of household.meters) await household.open(meter)
  say('Checking your meter’s signatures; a month takes a few seconds …')
  await household.checked()
}

/** Groups a meter's spans by their lanes, since a file has one set of columns; the first group needs no name of its own. */
function byLanes(household: Household, meter: string): [string, ReturnType<Household['spans']>][] {
  const groups = Map.groupBy(household.spans(meter), ({ lanes }) => lanes.join())
  return [...groups.values()].map((spans, i) => [i === 0 ? '' : `-columns-${i + 1}`, spans])
}

async function everything(household: Household): Promise<Parameters<typeof toJson>[0]> {
  const [{ bills }, seen, { consents }] = await Promise.all([
    household.get<CustomerBills>('/bills'),
    household.get<SeenBySupplier>('/seen'),
    household.get<Consents>('/consents')
  ])
  return {
    account: household.session.account,
    household: household.session.household ?? '',
    zone: household.zone,
    made: new Date().toISOString(),
    meters: household.meters.map(meterId => ({ meterId, spans: household.spans(meterId) })),
    bills,
    seen,
    consents
  }
}
