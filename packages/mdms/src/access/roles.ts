/** What an account may be used for; a customer's is for one household and nothing else. */
export const ROLES = ['supplier-analyst', 'billing', 'auditor', 'admin', 'customer'] as const
export type Role = (typeof ROLES)[number]

/** Who asks: an account, in one of the roles that it holds. Made by whoever has checked the account's session. */
export interface Actor {
  readonly account: string
  readonly role: Role
}

const READERS = ['supplier-analyst', 'billing', 'auditor'] as const

/** What can be done through an account, as the audit log names it, and the roles that may do it. */
const ALLOWED = {
  'read networks': READERS,
  'read totals': ['supplier-analyst'],
  'export totals': ['supplier-analyst'],
  'read lost slots': ['supplier-analyst'],
  'read consumption': ['billing'],
  'read household consumption': ['customer'],
  'read readings': ['customer'],
  'read consents': ['customer'],
  'give consent': ['customer'],
  'withdraw consent': ['customer'],
  'delete readings': ['customer'],
  'close account': ['customer'],
  'read household access': ['customer'],
  'read bills': ['billing'],
  'read household bills': ['billing', 'customer'],
  'read billing run': ['billing'],
  'read tariffs': ['billing', 'customer'],
  'add tariff': ['billing'],
  'read conflicts': ['auditor'],
  'read audit log': ['auditor'],
  'verify audit log': ['auditor'],
  'read accounts': ['admin'],
  'create account': ['admin'],
  'change roles': ['admin'],
  'change password': ['admin'],
  'change own password': ROLES,
  'remove account': ['admin']
} as const satisfies Readonly<Record<string, readonly Role[]>>

export type Action = keyof typeof ALLOWED

/** Whether a role may do it. */
export function allows(action: Action, role: Role): boolean {
  const roles: readonly Role[] = ALLOWED[action]
  return roles.includes(role)
}
