// Folders for keys and journals that leave with the process, however it ends.
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/** Programs that keep such folders. */
export type StateOwner = 'lab' | 'demo' | 'bench'

/** Folder for keys and journals. */
export interface StateFolder {
  readonly path: string
  /** Removes it; one that cannot be removed yet is removed at the end of the process. */
  remove(): void
}

/** Descriptors held for a removal, which has to open folders even where the process has used all others up. */
const RESERVED = 8
/** Name of a folder: its owner, the process id, the process's start and its namespace of ids. */
const NAME = /^hushgrid-(?:lab|demo|bench)-(\d+)-(\d+)-([\da-fx]+)-\w{6}$/

/** Gives the folders in which state folders are made, the one in memory first. */
const parents = (): readonly string[] => ['/dev/shm', tmpdir()]

/**
 * Makes a folder for keys and journals that only its owner can read; in memory where the system can, so that no lab key
 * ever reaches a disk. It goes with the process; what a killed process left is removed before.
 */
export function stateFolder(owner: StateOwner): StateFolder {
  for (const parent of parents()) sweep(parent)
  const path = made(`hushgrid-${owner}-${process.pid}-${startOf(process.pid) ?? 0}-${namespace()}-`)
  let reserve = Array.from({ length: RESERVED }, () => openSync('/dev/null', 'r'))
  const removed = (): NodeJS.ErrnoException | undefined => {
    for (const descriptor of reserve) closeSync(descriptor)
    reserve = []
    return removalProblem(path)
  }
  const atExit = (): void => {
    const problem = removed()
    if (problem) process.stderr.write(`${path}: expected to remove the keys in it, got ${problem.code ?? problem.message}\n`)
  }
  process.once('exit', atExit)
  return {
    path,
    remove: () => {
      if (!removed()) process.off('exit', atExit)
    }
  }
}

function made(prefix: string): string {
  for (const parent of parents()) {
    try {
      return mkdtempSync(join(parent, prefix))
    } catch (cause) {
      if (parent === tmpdir())
        throw new HushgridError(`${parent}: expected a folder for keys, got ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`)
    }
  }
  throw new HushgridError('expected a folder for temporary files, got none')
}

function removalProblem(path: string): NodeJS.ErrnoException | undefined {
  try {
    rmSync(path, { recursive: true, force: true })
    return undefined
  } catch (cause) {
    return cause as NodeJS.ErrnoException
  }
}

/** Removes folders of this user whose process has ended without doing so. */
export function sweep(parent: string): void {
  for (const name of namesIn(parent)) {
    const [, pid, start, of] = NAME.exec(name) ?? []
    const path = join(parent, name)
    // Processes of another namespace cannot be seen from here.
    if (pid === undefined || of !== namespace() || !isOwn(path) || isAlive(Number(pid), Number(start))) continue
    removalProblem(path)
  }
}

/** Gives the folders of an owner whose processes live, the newest last. */
export function livingFolders(owner: StateOwner, among: readonly string[] = parents()): readonly string[] {
  const found = among.flatMap(parent =>
    namesIn(parent).flatMap(name => {
      const [, pid, start, of] = NAME.exec(name) ?? []
      const path = join(parent, name)
      const lives = pid !== undefined && of === namespace() && isOwn(path) && isAlive(Number(pid), Number(start))
      return lives && name.startsWith(`hushgrid-${owner}-`) ? [{ path, start: Number(start) }] : []
    })
  )
  return found.sort((a, b) => a.start - b.start).map(({ path }) => path)
}

function namesIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent)
  } catch {
    // A system without it, such as one without /dev/shm, has nothing there to be removed.
    return []
  }
}

/** Tells whether a path is a folder of this user, and no link to one. */
function isOwn(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && stat.uid === process.getuid?.()
}

/** Tells whether a process lives that started then; one of the same id may have come after it. */
function isAlive(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // It is another user's with EPERM.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const own = startOf(pid)
  return own === undefined || own === start
}

/** Gives the start of a process in the system's own count, where it tells; a process that ended has none. */
function startOf(pid: number): number | undefined {
  try {
    // The name before the last bracket may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return Number(fields[19])
  } catch {
    // Systems other than Linux have no such file; there the process id alone tells.
    return undefined
  }
}

/**
 * Names the place in which process ids hold: this start of this machine, and the namespace. Containers may share a folder and
 * not their processes, and so may machines.
 */
function namespace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
      .replaceAll(/[^0-9a-f]/g, '')
      .slice(0, 12)
    return `${boot}x${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'}`
  } catch {
    // Systems other than Linux have one, and tell no starts.
    return '0'
  }
}
