/** Roles of accounts; a customer's account is for one household and has no other role. */
export const ROLES = ['supplier-analyst', 'billing', 'auditor', 'admin', 'customer'] as const
export type Role = (typeof ROLES)[number]

/** An account that asks, in one of its roles; the caller has checked its session. */
export interface Actor {
  readonly account: string
  readonly role: Role
}

const READERS = ['supplier-analyst', 'billing', 'auditor'] as const

/** Actions, as the audit log names them, and the roles that may do each. */
const ALLOWED = {
  'read networks': READERS,
  'read totals': ['supplier-analyst'],
  'export totals': ['supplier-analyst'],
  'read lost slots': ['supplier-analyst'],
  'read result range': ['supplier-analyst'],
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

/** Tells whether a role may do an action. */
export function allows(action: Action, role: Role): boolean {
  const roles: readonly Role[] = ALLOWED[action]
  return roles.includes(role)
}
