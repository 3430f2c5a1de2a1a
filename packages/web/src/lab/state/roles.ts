import type { LabContender } from '@hushgrid/web-api'

/** Gives a role's name for people. */
export function roleName({ sight }: LabContender, role: string): string {
  return sight.find(each => each.role === role)?.name ?? role
}

/** Tells whether a role has a household's reading in plain. */
export function seesPlaintext({ sight }: LabContender, role: string): boolean {
  return sight.some(each => each.role === role && each.plaintext)
}
