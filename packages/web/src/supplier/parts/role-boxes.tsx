import type { JSX } from 'preact'

const ROLES = [
  ['supplier-analyst', 'load of neighbourhoods'],
  ['billing', 'bills and billing periods'],
  ['auditor', 'the audit log'],
  ['admin', 'accounts']
] as const

interface Props {
  readonly of: string
  readonly roles: readonly string[]
  readonly choose: (roles: readonly string[]) => void
}

/** Offers the roles of a supplier's account. */
export function RoleBoxes({ of, roles, choose }: Props): JSX.Element {
  return (
    <fieldset class="roles">
      <legend>Roles{of === '' ? '' : ` of ${of}`}</legend>
      {ROLES.map(([role, what]) => (
        <label key={role}>
          <input
            type="checkbox"
            checked={roles.includes(role)}
            onChange={event => choose(event.currentTarget.checked ? [...roles, role] : roles.filter(each => each !== role))}
          />{' '}
          {role} <span class="muted">({what})</span>
        </label>
      ))}
    </fieldset>
  )
}
