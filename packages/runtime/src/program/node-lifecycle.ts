// From a program's start to its end, and the exit status it ends with: its log, the data folder that it claims, signals.
import { HushgridError } from '@hushgrid/primitives'
import { claimDataFolder } from '../files/data-folder.ts'
import { type LogLines, logLines } from './log-lines.ts'
import { aborted, stopSignal } from './signals.ts'

/** How long a node may take to be put away before the process ends regardless, ms. */
const STOP_WITHIN = 1_700
/** How long something left over may keep the process alive after that, ms. */
const LINGER = 200

/** What a starting program is handed. */
export interface Program {
  readonly log: LogLines
  /** Ends the program with status 1. */
  readonly fail: (cause: unknown) => void
  /**
   * Claims a data folder until the program ends, made where there is none.
   *
   * @throws DataFolderError
   */
  claimFolder(path: string): void
}

/** A node or a server of pages that listens. */
export interface StartedNode {
  /** What it does next, such as enrolling; the node goes on after it. Where it rejects the node ends with status 1. */
  run?(): Promise<void>
  /** Where the node takes its leave first, when it is told to stop: may take its time, until it is told again. */
  leave?(): Promise<void>
  /** Puts everything away; `run` is over soon after. */
  stop(): Promise<void>
}

/** How a program writes its log. */
export interface LogSetting {
  /** Stands in each line. */
  readonly role: string
  /** `--json`. */
  readonly json?: boolean | undefined
}

/**
 * Runs a program until Ctrl-C, SIGTERM or a failure, and sets the exit status: 0 when it was told to stop, 1 when it
 * failed, with one sentence on standard error.
 *
 * @param start - opens the state and listens; what it throws is the caller's, for it is about the person's input
 */
export async function runNode(setting: LogSetting, start: (program: Program) => Promise<StartedNode>): Promise<void> {
  const log = logLines(setting.role, setting.json === true, line => process.stdout.write(line))
  const told = stopSignal().signal
  const failure = new AbortController()
  const ended = AbortSignal.any([told, failure.signal])
  const fail = (cause: unknown): void => {
    if (!ended.aborted) failure.abort(cause)
  }
  process.stdout.on('error', () => fail(new HushgridError('standard output: expected somebody to read the log, got none any more')))
  // A large recording takes its time to read; nothing runs yet that has to be put away.
  const atOnce = (): void => process.exit(0)
  told.addEventListener('abort', atOnce)
  const claims: (() => void)[] = []
  const giveUpFolders = (): void => {
    for (const giveUp of claims.splice(0)) giveUp()
  }
  const node = await start({ log, fail, claimFolder: path => void claims.push(claimDataFolder(path)) }).catch(cause => {
    // The folders stay claimed until the process ends: what had started may still write to them.
    endSoon()
    throw cause
  })
  told.removeEventListener('abort', atOnce)
  node.run?.().catch(fail)
  await aborted(ended)
  if (failure.signal.aborted) {
    process.exitCode = 1
    process.stderr.write(`${sentence(failure.signal.reason)}\n`)
  }
  log.info('stopping', { why: failure.signal.aborted ? 'failure' : String(told.reason) })
  if (node.leave && !failure.signal.aborted) {
    await node.leave().catch(cause => log.warn('trouble', { problem: `leaving: ${sentence(cause)}` }))
  }
  await putAway(node, log, giveUpFolders)
}

/** Stops a node, gives its folders up, and sees to it that the process ends. */
async function putAway(node: StartedNode, log: LogLines, giveUpFolders: () => void): Promise<void> {
  const late = setTimeout(() => process.exit(), STOP_WITHIN)
  try {
    await node.stop()
    giveUpFolders()
  } catch (cause) {
    process.exitCode = 1
    process.stderr.write(`stopping: ${sentence(cause)}\n`)
  }
  clearTimeout(late)
  log.info('stopped', { status: Number(process.exitCode ?? 0) })
  endSoon()
}

/** Ends the process even where something was left over; otherwise it ends by itself before. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER).unref()
}

/** One line for an error of ours; a defect keeps its stack. */
function sentence(cause: unknown): string {
  if (cause instanceof HushgridError) return cause.message.replace(/\s*\n\s*/g, ' ').trim()
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
