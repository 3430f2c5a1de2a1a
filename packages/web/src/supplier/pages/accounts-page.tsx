// The page of accounts, for administrators.
import type { DeskAccount, DeskAccounts } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { type Change, NewAccount } from '../parts/new-account.tsx'
import { Answer, Table } from '../parts/parts.tsx'
import { RoleBoxes } from '../parts/role-boxes.tsx'
import { sentenceOf, useDesk, useJson, useSend } from '../session/session.ts'

export function AccountsPage(): JSX.Element {
  const accounts = useJson<DeskAccounts>('/api/accounts')
  const [said, setSaid] = useState<{ readonly text: string; readonly bad?: true }>()
  const change: Change = async (run, done) => {
    try {
      await run()
    } catch (cause) {
      setSaid({ text: sentenceOf(cause), bad: true })
      return false
    }
    setSaid({ text: done })
    accounts.again()
    return true
  }
  return (
    <>
      <h2>Accounts</h2>
      <div aria-live="polite">{said && <p class={said.bad ? 'problem' : 'good'}>{said.text}</p>}</div>
      <Answer of={accounts} what="the accounts">
        {({ accounts: known }) => (
          <section class="panel">
            <Table caption="All accounts of the store" heads={['Account', 'Roles', 'Change']} class="cards">
              {known.map(account => (
                <AccountRow key={`${account.account} ${account.roles.join()}`} account={account} change={change} />
              ))}
            </Table>
          </section>
        )}
      </Answer>
      <NewAccount change={change} />
    </>
  )
}

function AccountRow({ account, change }: { readonly account: DeskAccount; readonly change: Change }): JSX.Element {
  const { session } = useDesk()
  const send = useSend()
  const [editing, setEditing] = useState(false)
  const [roles, setRoles] = useState(account.roles)
  const dialog = useRef<HTMLDialogElement>(null)
  const { account: name, household } = account
  const path = `/api/accounts/${encodeURIComponent(name)}`
  const own = name === session.account
  const save = (): void => {
    void change(() => send('PUT', path, { roles }), `${name} is now ${roles.join(', ')}, and signs in again.`).then(
      done => done && setEditing(false)
    )
  }
  const remove = (): void => {
    dialog.current?.close()
    void change(() => send('DELETE', path, {}), `${name} is removed.`)
  }
  return (
    <tr>
      <th scope="row">
        {name} {own && <span class="muted">(you)</span>}
      </th>
      <td data-label="Roles">
        {editing ? (
          <RoleBoxes of={name} roles={roles} choose={setRoles} />
        ) : (
          <div>
            {account.roles.join(', ')}
            {household !== undefined && (
              <>
                {' of '}
                <Breakable text={household} />
              </>
            )}
          </div>
        )}
      </td>
      <td data-label="Change">
        <div class="actions">
          {editing ? (
            <>
              <button type="button" class="primary" disabled={roles.length === 0} onClick={save}>
                Save roles
              </button>
              <button type="button" onClick={() => setEditing(false)}>
                Cancel
              </button>
            </>
          ) : (
            <>
              {household === undefined && (
                <button type="button" onClick={() => setEditing(true)} aria-label={`Change roles of ${name}`}>
                  Change roles
                </button>
              )}
              <button type="button" class="danger" onClick={() => dialog.current?.showModal()} aria-label={`Remove ${name}`}>
                Remove
              </button>
            </>
          )}
        </div>
        <dialog ref={dialog} aria-label={`Remove ${name}`}>
          <p>
            Remove the account <strong>{name}</strong>? Its sessions end at once. What it did stays in the audit log.
          </p>
          <p class="actions">
            <button type="button" class="danger" onClick={remove}>
              Remove {name}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Keep it
            </button>
          </p>
        </dialog>
      </td>
    </tr>
  )
}
