// Lifecycle of a program from start to exit status: its log, the data folders that it claims, signals.
import { HushgridError } from '@hushgrid/primitives'
import { claimDataFolder } from '../files/data-folder.ts'
import type { FolderRole } from '../files/folder-role.ts'
import { type LogLines, logLines } from './log-lines.ts'
import { type LogSink, standardLog } from './log-sink.ts'
import { goOnWithoutOutput } from './output.ts'
import { aborted, parentGone, stopSignal } from './signals.ts'

/** Time that a node may take to stop before the process ends regardless, ms. */
const STOP_WITHIN = 1_700
/** Time that something left over may keep the process alive after that, ms. */
const LINGER = 200

/** Functions that a starting program is handed. */
export interface Program {
  readonly log: LogLines
  /** Ends the program with status 1. */
  readonly fail: (cause: unknown) => void
  /**
   * Claims a data folder until the program ends, and makes it where there is none.
   *
   * @throws DataFolderError
   */
  claimFolder(path: string, role: FolderRole): void
}

/** Node or server of pages that listens. */
export interface StartedNode {
  /** Does what comes next, such as enrolling; the node goes on after it. If it rejects, the node ends with status 1. */
  run?(): Promise<void>
  /** Leaves the network before the node stops; may take its time, until the node is told to stop again. */
  leave?(): Promise<void>
  /** Stops the node; `run` is over soon after. */
  stop(): Promise<void>
}

/** Setting of a program's log. */
export interface LogSetting {
  /** Name that stands in each line. */
  readonly role: string
  /** True for JSON lines, `--json`. */
  readonly json?: boolean | undefined
}

/**
 * Runs a program until Ctrl-C, SIGTERM, the end of the program that forked it, or a failure. Sets the exit status: 0 when
 * it was told to stop, 1 when it failed, with one sentence on standard error. A log that nobody takes ends no node.
 *
 * @param start - opens the state and listens; its errors are about the person's input, and go to the caller
 */
export async function runNode(setting: LogSetting, start: (program: Program) => Promise<StartedNode>): Promise<void> {
  goOnWithoutOutput()
  const sink: LogSink = standardLog({
    failed: code => process.stderr.write(`standard output: expected to write the log to it, got ${code}; going on without\n`),
    back: lines => log.info('lines-lost', { lines })
  })
  const log = logLines(setting.role, setting.json === true, line => sink.write(line))
  const told = AbortSignal.any([stopSignal().signal, parentGone()])
  const failure = new AbortController()
  const ended = AbortSignal.any([told, failure.signal])
  const fail = (cause: unknown): void => {
    if (!ended.aborted) failure.abort(cause)
  }
  // Reading a large recording may take long; nothing runs yet that has to be stopped.
  const atOnce = (): void => process.exit(0)
  told.addEventListener('abort', atOnce)
  const claims: (() => void)[] = []
  const giveUpFolders = (): void => {
    for (const giveUp of claims.splice(0)) giveUp()
  }
  const node = await start({ log, fail, claimFolder: (path, owner) => void claims.push(claimDataFolder(path, owner)) }).catch(cause => {
    // The folders stay claimed until the process ends: parts that have started may still write to them.
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
  if (sink.lost > 0) process.stderr.write(`standard output: ${sink.lost} lines of the log are lost\n`)
}

/** Stops a node, gives its folders up, and makes sure that the process ends. */
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

/** Ends the process even where something was left over; without, it ends by itself before. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER).unref()
}

/** Gives one line for an error of ours; a defect keeps its stack. */
function sentence(cause: unknown): string {
  if (cause instanceof HushgridError) return cause.message.replace(/\s*\n\s*/g, ' ').trim()
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
