// "Export": all data of the household, to take away.
import { type Consents, type CustomerBills, GreenButtonError, type SeenBySupplier } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { dateIn, utcTime } from '../../common/local-time.ts'
import { download, toJson } from '../figures/exports.ts'
import { toCsv, toGreenButton } from '../figures/reading-files.ts'
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
      setProblem(cause instanceof GreenButtonError ? `Green Button data cannot hold these readings: ${cause.message}.` : sentenceOf(cause))
    } finally {
      setBusy(false)
    }
  }

  function saveAll(meter: string, as: 'csv' | 'xml'): void {
    const { zone } = household
    const number = household.meters.indexOf(meter) + 1
    void make(() => {
      for (const [part, spans] of byLanes(household, meter)) {
        const name = `${stem}${number === 1 ? '' : `-meter-${number}`}${part}.${as}`
        if (as === 'csv') download(name, 'text/csv', toCsv(spans, zone))
        else download(name, 'application/xml', toGreenButton(spans, { meterId: meter, zone, now: household.now.value }))
      }
      return Promise.resolve()
    })
  }

  const stem = `hushgrid-${household.session.account}-${dateIn(household.zone, household.now.value)}`
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
        <Buttons household={household} as="CSV" disabled={busy || none} save={meter => saveAll(meter, 'csv')} />
      </section>
      <section class="panel" aria-labelledby="green-button">
        <h2 id="green-button">Readings as Green Button data</h2>
        <p>
          For other programs: the XML that many utilities offer as “Download My Data” (NAESB REQ.21), with the clock changes of{' '}
          {household.zone}. Slots without a reading are left out and counted.
        </p>
        {none && <p>There are no readings to export.</p>}
        <Buttons household={household} as="Green Button data" disabled={busy || none} save={meter => saveAll(meter, 'xml')} />
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

interface ButtonsProps {
  readonly household: Household
  readonly as: string
  readonly disabled: boolean
  readonly save: (meter: string) => void
}

/** A button for each meter. */
function Buttons({ household, as, disabled, save }: ButtonsProps): JSX.Element {
  return (
    <div class="actions">
      {household.meters.map(meter => (
        <button type="button" key={meter} disabled={disabled} onClick={() => save(meter)}>
          {household.meters.length === 1 ? `Save readings as ${as}` : `Save readings of meter ${meter.slice(0, 8)}… as ${as}`}
        </button>
      ))}
    </div>
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
    made: utcTime(Math.floor(household.now.value)),
    meters: household.meters.map(meterId => ({ meterId, spans: household.spans(meterId) })),
    bills,
    seen,
    consents
  }
}
