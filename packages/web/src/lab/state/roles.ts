import type { LabContender } from '@hushgrid/web-api'

/** A role as people read it. */
export function roleName({ sight }: LabContender, role: string): string {
  return sight.find(each => each.role === role)?.name ?? role
}

/** Tells a role that has a household's reading in plain. */
export function seesPlaintext({ sight }: LabContender, role: string): boolean {
  return sight.some(each => each.role === role && each.plaintext)
}
