// The page of the audit log, for auditors.
import type { Audit, AuditEntry, Networks } from '@hushgrid/web-api'
import type { JSX, TargetedSubmitEvent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { Answer, Table } from '../parts/parts.tsx'
import { useDesk, useJson } from '../session/session.ts'
import { moment } from '../times.ts'
import { counted } from '../words.ts'

const FIELDS = [
  ['account', 'Account'],
  ['action', 'Action'],
  ['about', 'About: household, tariff, account or neighbourhood']
] as const
/** Moment later than anything in a store. */
const FAR = Date.UTC(9998, 0)

/** Lists who looked at what, the last first. */
export function AuditPage(): JSX.Element {
  const [query, setQuery] = useState('')
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()] as [string, string])
    setQuery(new URLSearchParams(fields.filter(([, value]) => value !== '')).toString())
  }
  return (
    <>
      <h2>Audit</h2>
      <form class="controls no-print" onSubmit={submit}>
        {FIELDS.map(([name, label]) => (
          <div class="field" key={name}>
            <label for={`audit-${name}`}>{label}</label>
            <input id={`audit-${name}`} name={name} autocomplete="off" autocapitalize="none" spellcheck={false} />
          </div>
        ))}
        <div class="field">
          <label for="audit-outcome">Outcome</label>
          <select id="audit-outcome" name="outcome">
            <option value="">done or denied</option>
            <option>done</option>
            <option>denied</option>
          </select>
        </div>
        <div class="steps">
          <button type="submit">Show</button>
        </div>
      </form>
      <Log key={query} query={query} />
    </>
  )
}

function Log({ query }: { readonly query: string }): JSX.Element {
  const [before, setBefore] = useState<number>()
  const [lines, setLines] = useState<readonly AuditEntry[]>([])
  const [verified, setVerified] = useState<Audit['verified']>()
  const asked = new URLSearchParams(query)
  if (before !== undefined) asked.set('before', String(before))
  const page = useJson<Audit>(`/api/audit?${asked}`)
  useEffect(() => {
    if (!page.value) return
    if (page.value.verified) setVerified(page.value.verified)
    setLines(known => [...known, ...(page.value?.lines ?? [])])
  }, [page.value])
  const next = page.value?.before
  return (
    <section class="panel">
      {verified && <Verified verified={verified} />}
      {lines.length > 0 && <Lines lines={lines} />}
      <Answer of={page} what="the log">
        {({ verified: check }) => (
          <>
            <p aria-live="polite">
              {check?.holds === false
                ? 'Lines of a log that is not as it was written are not shown.'
                : `${counted(lines.length, 'line')}${query === '' ? '' : ' that fit'}${next === undefined ? ', and no more' : ` from line ${next} on`}.`}
            </p>
            {next !== undefined && (
              <button type="button" class="no-print" onClick={() => setBefore(next)}>
                Older lines
              </button>
            )}
          </>
        )}
      </Answer>
    </section>
  )
}

function Verified({ verified }: { readonly verified: NonNullable<Audit['verified']> }): JSX.Element {
  if (!verified.holds) return <p class="problem">The log is not as it was written: {verified.problem}.</p>
  return (
    <p>
      <strong class="good">The whole log is as it was written up to line {verified.number}.</strong>{' '}
      <span class="muted">
        Its check value, to be noted elsewhere: <Breakable text={verified.mac} />
      </span>
    </p>
  )
}

function Lines({ lines }: { readonly lines: readonly AuditEntry[] }): JSX.Element {
  const { zone } = useDesk()
  const networks = useJson<Networks>('/api/networks').value ?? []
  return (
    <Table caption={`The last first, times in ${zone}`} heads={['#Line', 'At', 'Account', 'Role', 'Action', 'Outcome', 'About']}>
      {lines.map(line => (
        <tr key={line.number}>
          <th scope="row" class="number">
            {line.number}
          </th>
          <td class="moment">{moment(line.at, zone)}</td>
          <td>{line.account ?? <span class="muted">the node, or nobody known</span>}</td>
          <td>{line.role ?? '–'}</td>
          <td>{line.action}</td>
          <td class={line.outcome === 'denied' ? 'bad' : undefined}>{line.outcome}</td>
          <td class="mono">{aboutOf(line, networks, zone)}</td>
        </tr>
      ))}
    </Table>
  )
}

function aboutOf({ network, range, detail }: AuditEntry, networks: Networks, zone: string): string {
  // Falls back on the only network, since questions about a household name none.
  const known = networks.find(each => each.network === network) ?? (networks.length === 1 ? networks[0] : undefined)
  const asked = range && (known ? timesInWords(range, known.slotSeconds, zone) : `slots ${range.from} to ${range.until - 1}`)
  return [network, detail, asked].filter(text => text !== undefined).join(', ')
}

/** Words the times that were asked for; a question without an end has one beyond all times. */
function timesInWords({ from, until }: NonNullable<AuditEntry['range']>, slotSeconds: number, zone: string): string {
  const [begin, end] = [from, until].map(slot => slot * slotSeconds * 1000) as [number, number]
  const open = end >= FAR
  if (from === 0) return open ? 'all times' : `before ${moment(end, zone)}`
  return `${moment(begin, zone)} ${open ? 'and later' : `to ${moment(end, zone)}`}`
}
