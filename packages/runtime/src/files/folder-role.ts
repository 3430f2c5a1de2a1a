// Roles that a data folder may belong to, told by the files that only one of them makes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/** Folder of another role: to go on with its key would give one key two owners. */
class OtherRoleError extends HushgridError {
  override name = 'OtherRoleError'
}

interface Owner {
  /** Words for it: "expected …'s folder". */
  readonly called: string
  /** Files of which its folder has at least one, once it has run. */
  readonly files: readonly string[]
}

const OWNERS = {
  registrar: { called: 'a registrar', files: ['registrar.log'] },
  aggregator: { called: 'an aggregator', files: ['aggregator.db'] },
  meter: { called: 'a meter', files: ['journal.log', 'pes-journal.log', 'billing.keys'] },
  concentrator: { called: 'a concentrator', files: ['members.log'] },
  pes: { called: 'a PES', files: ['sums.log'] },
  mdms: { called: 'a supplier', files: ['mdms.keys', 'setup.log', 'household.key'] },
  customer: { called: 'a customer', files: ['records/account.json'] },
  portal: { called: 'a portal', files: ['portal.key'] }
} as const satisfies Readonly<Record<string, Owner>>

/** Role that owns a data folder. */
export type FolderRole = keyof typeof OWNERS

/**
 * Makes sure that a folder, where it has been used before, was not another role's.
 *
 * @throws OtherRoleError naming both
 */
export function checkFolderRole(path: string, role: FolderRole): void {
  const isOf = ({ files }: Owner): boolean => files.some(file => existsSync(join(path, file)))
  if (isOf(OWNERS[role])) return
  const other = Object.values(OWNERS).find(isOf)
  if (other) throw new OtherRoleError(`${path}: expected ${OWNERS[role].called}'s folder, got ${other.called}'s`)
}
