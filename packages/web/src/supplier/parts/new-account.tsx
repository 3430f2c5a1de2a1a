import { type NewDeskAccount, PASSWORD_CHARACTERS } from '@hushgrid/web-api'
import type { JSX, TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import { useSend } from '../session/session.ts'
import { RoleBoxes } from './role-boxes.tsx'

const { least: LEAST_CHARACTERS } = PASSWORD_CHARACTERS

/** Tries a change and tells the person the result: `done` where it succeeded. */
export type Change = (run: () => Promise<unknown>, done: string) => Promise<boolean>

/** Form that makes an account. */
export function NewAccount({ change }: { readonly change: Change }): JSX.Element {
  const send = useSend()
  const [roles, setRoles] = useState<readonly string[]>([])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const account: NewDeskAccount = { account: String(fields.get('account')), roles, password: String(fields.get('password')) }
    void change(() => send('POST', '/api/accounts', account), `${account.account} can sign in now.`).then(done => {
      if (!done) return
      form.reset()
      setRoles([])
    })
  }
  return (
    <section class="panel no-print">
      <h3>A new account</h3>
      <form onSubmit={submit}>
        <div class="field">
          <label for="new-account">Name</label>
          <input id="new-account" name="account" autocomplete="off" autocapitalize="none" spellcheck={false} required maxLength={128} />
        </div>
        <div class="field">
          <label for="new-password">First password, at least {LEAST_CHARACTERS} characters</label>
          <input id="new-password" name="password" type="password" autocomplete="new-password" required minLength={LEAST_CHARACTERS} />
        </div>
        <RoleBoxes of="" roles={roles} choose={setRoles} />
        <button type="submit" class="primary" disabled={roles.length === 0}>
          Make the account
        </button>
        {roles.length === 0 && <p class="muted">It needs at least one role. Customers’ accounts are made from their own devices.</p>}
      </form>
    </section>
  )
}
