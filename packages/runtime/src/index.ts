/**
 * What a running process needs, whatever it runs: `files/` for what a node keeps (keys, journals, a SQLite file, the claim
 * of its folder), `inputs/` for files that a person names, `program/` from a command line to the end of a process,
 * `obfuscators/` for threads that make Paillier obfuscators ahead.
 *
 * All programs of nodes start by `roleMain` and `runRole`; a role brings its own parts as one object.
 *
 * @example
 * ```ts
 * import { networkLayer } from '@hushgrid/network'
 * import { NodeEvents, type NodeOptions, roleMain, runRole } from '@hushgrid/runtime'
 *
 * export const main = roleMain<NodeOptions>({
 *   role: 'echo',
 *   description: 'Run a node that answers.',
 *   listen: '/ip4/127.0.0.1/tcp/0',
 *   options: command => command,
 *   examples: '',
 *   run: options =>
 *     runRole({
 *       name: 'echo',
 *       options,
 *       layer: networkLayer,
 *       Events: NodeEvents,
 *       prepare: () => undefined,
 *       start: async ({ setting, starting }) => {
 *         starting()
 *         return await startEcho(setting) // { id, addresses, stop }
 *       }
 *     })
 * })
 * ```
 *
 * @packageDocumentation
 */

export { claimDataFolder } from './files/data-folder.ts'
export { checkFolderRole } from './files/folder-role.ts'
export { spentRosters } from './files/kept-rosters.ts'
export { makeFolder } from './files/make-folder.ts'
export { prepareFile, prepareFolder, writeResult } from './files/outputs.ts'
export { openJournal } from './files/own-journal.ts'
export { RecordLog, RecordLogError } from './files/record-log.ts'
export { readOrCreateSecret, readSecret, replaceSecret, SecretFileError } from './files/secret-file.ts'
export { SqliteFile } from './files/sqlite-file.ts'
export { readAllowedMeters } from './inputs/allowed-meters.ts'
export { readNetwork } from './inputs/network-file.ts'
export { type BandsOptions, bandsOption, bandsSlotOption, readBands, readTariffAndBands } from './inputs/tariff-files.ts'
export { readBinaryFile, readTextFile, UnreadableFileError } from './inputs/text-file.ts'
export { ObfuscatorWorkers } from './obfuscators/obfuscator-workers.ts'
export { choiceOf } from './program/choice.ts'
export { noCommand, runCommand, usageSentence } from './program/command.ts'
export { EXIT_USAGE, failWith } from './program/failure.ts'
export { commandsText, configureHelp } from './program/help.ts'
export { identityCommand, storeIdentity } from './program/identity-command.ts'
export { type LogLines, logLines } from './program/log-lines.ts'
export {
  autoOr,
  checkFieldOptions,
  listenAddress,
  moment,
  type NodeOptions,
  type PresetName,
  timesOf,
  wholeNumber
} from './program/node-command.ts'
export { type Fields, NodeEvents, sumFields } from './program/node-events.ts'
export { runNode } from './program/node-lifecycle.ts'
export { goOnWithoutOutput, watchOutput } from './program/output.ts'
export { PasswordInput } from './program/password-input.ts'
export { roleMain, runRole } from './program/role-program.ts'
export { aborted, type LabClockMessage, stopSignal } from './program/signals.ts'
