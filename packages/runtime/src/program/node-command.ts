// Options that every node's program has, and their parsers.
import { HushgridError, InvalidArgumentError, type Millis, millis } from '@hushgrid/primitives'
import { Command, Option } from 'commander'
import { choiceOf } from './choice.ts'

/** Setting of `--lab-clock`: at the real moment `real` (Unix ms) it is `protocol`, and time passes `rate` times as fast. */
export interface LabClockSetting {
  readonly real: number
  readonly protocol: Millis
  readonly rate: number
}

/** Name of the network layer's limits: many nodes on one machine, or nodes at addresses of their own. */
export type PresetName = 'lab' | 'field'

/** Options of every node. */
export interface NodeOptions {
  readonly network: string
  readonly dataDir: string
  readonly listen: readonly string[]
  readonly announce?: readonly string[]
  readonly preset?: PresetName
  readonly labClock?: LabClockSetting
  readonly json?: boolean
}

/** Highest rate of a lab clock. */
const FASTEST = 1_000_000

/**
 * Makes a node's command with the options that all roles have.
 *
 * @param listen - multiaddr to listen on unless another is given
 */
export function nodeCommand(name: string, description: string, listen: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--network <file>', 'network description, the same for all nodes, such as topology/networks/neighbourhood-50.yaml')
    .requiredOption('--data-dir <folder>', "this node's own folder for its keys and state; made where there is none")
    .addOption(
      new Option('--listen <multiaddr...>', `where to listen; port 0 is any free one (default: ${listen})`).argParser(
        (text: string, before: string[] | undefined) => [...(before ?? []), listenAddress('--listen')(text)]
      )
    )
    .option('--announce <multiaddr...>', 'what others are told instead, as behind a router', (text, before: string[] | undefined) => [
      ...(before ?? []),
      announceAddress(text)
    ])
    .addOption(
      new Option(
        '--preset <name>',
        'limits of the network layer: field for nodes at addresses of their own, lab for many on one machine (default: lab where only the loopback interface is listened on)'
      ).argParser(choiceOf('--preset', ['lab', 'field']))
    )
    .option(
      '--lab-clock <real,protocol,rate>',
      'at the real time REAL it is PROTOCOL in the network, and time passes RATE times as fast; the same for all nodes',
      labClockSetting
    )
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .hook('preAction', command => {
      if (command.getOptionValue('listen') === undefined) command.setOptionValue('listen', [listen])
    })
}

/**
 * Checks that options are there that only a lab can do without, where whoever comes first is taken at its word.
 *
 * @param options - values by the options' names
 * @throws HushgridError naming the first that is missing
 */
export function checkFieldOptions(preset: PresetName, options: Readonly<Record<string, unknown>>): void {
  if (preset === 'lab') return
  for (const [option, value] of Object.entries(options))
    if (value === undefined) throw new HushgridError(`${option}: expected with the preset field, which takes nobody on trust; got none`)
}

/** Tells whether only this machine can reach these multiaddrs. */
export function listensOnLoopbackOnly(listen: readonly string[]): boolean {
  return listen.every(address => /^\/ip4\/127\.|^\/ip6\/(0*:)*:?0*1\//.test(address))
}

/** Makes the parser of an option that is a multiaddr to listen on. */
export function listenAddress(option: string): (text: string) => string {
  return text => {
    const port = /^\/(?:ip4|ip6)\/[0-9a-fA-F.:]+\/tcp\/(\d{1,5})$/.exec(text)?.[1]
    if (port === undefined || Number(port) > 65_535)
      throw new InvalidArgumentError(option, 'a multiaddr such as /ip4/0.0.0.0/tcp/7400', JSON.stringify(text))
    return text
  }
}

function announceAddress(text: string): string {
  const port = /^\/(?:ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/(\d{1,5})$/.exec(text)?.[1]
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new InvalidArgumentError('--announce', 'a multiaddr such as /dns4/meter.example/tcp/7400', JSON.stringify(text))
  return text
}

/** Makes the parser of an option that is a whole number. */
export function wholeNumber(option: string, from: number, to: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < from || value > to)
      throw new InvalidArgumentError(option, `a whole number from ${from} to ${to}`, JSON.stringify(text))
    return value
  }
}

/** Gives the number of times of an option whose value may be left out: 1 then, and 0 where it was not given. */
export function timesOf(option: number | true | undefined): number {
  return option === true ? 1 : (option ?? 0)
}

/** Makes a reader of `auto`, or of what another reader takes. */
export function autoOr<T>(read: (text: string) => T): (text: string) => T | 'auto' {
  return text => {
    if (text === 'auto') return text
    try {
      return read(text)
    } catch (cause) {
      if (!(cause instanceof InvalidArgumentError)) throw cause
      throw new InvalidArgumentError(cause.argument, `auto, or ${cause.expected}`, cause.got)
    }
  }
}

/**
 * Reads a moment as people write it, in UTC or with an offset.
 *
 * @throws InvalidArgumentError
 */
export function moment(option: string, text: string): Millis {
  try {
    return millis(Temporal.Instant.from(text).epochMilliseconds)
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof InvalidArgumentError)) throw cause
    throw new InvalidArgumentError(option, 'a time from 1970 on such as 2013-02-04T00:00:00Z', JSON.stringify(text))
  }
}

function labClockSetting(text: string): LabClockSetting {
  const [real, protocol, rate, ...rest] = text.split(',').map(part => part.trim())
  if (real === undefined || protocol === undefined || rate === undefined || rest.length > 0) {
    throw new InvalidArgumentError(
      '--lab-clock',
      'REAL,PROTOCOL,RATE such as 2026-11-20T23:40:00Z,2013-02-04T00:00:00Z,900',
      JSON.stringify(text)
    )
  }
  const times = Number(rate)
  if (!/^\d+(\.\d+)?$/.test(rate) || times <= 0 || times > FASTEST)
    throw new InvalidArgumentError('--lab-clock', `a rate above 0 and up to ${FASTEST}`, JSON.stringify(rate))
  return { real: moment('--lab-clock', real), protocol: moment('--lab-clock', protocol), rate: times }
}
