// `pnpm node:meter`: one meter as a program of its own.
import { DEFAULT_FLOORS } from '@hushgrid/dcnet'
import { nodeAddress, nodeKey } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'
import { choiceOf, roleMain, wholeNumber } from '@hushgrid/runtime'
import { RECOVERY_MODES } from '@hushgrid/topology'
import type { Command } from 'commander'
import { withHomeOptions } from '../billing/home.ts'
import { withReadingOptions } from '../readings/reading-options.ts'
import { billingPair } from './billing-pair-command.ts'
import type { MeterOptions } from './meter-program.ts'
import { runPesMeter } from './pes-meter.ts'
import { runRingMeter } from './ring-meter.ts'
import { unpair } from './unpair-command.ts'

const MAX_MEMBERS = 65_535
const VARIANTS = ['reencrypt', 'direct']

const EXAMPLES = `
Two paths. With --mode dcnet, the default, the meter masks its readings in a ring, and --registrar says where that is.
With --mode pes it sends them encrypted to a concentrator, --concentrator, for the PES ('reencrypt': the PES sees each
for a moment) or for the supplier ('direct'). Give --variant, or a PES with a key of the supplier's from before goes back to
'reencrypt' and reads everything; and --pes-key and --supplier-key, or a concentrator that lies about them does.

Log: "listening" with this node's id, which the registrar's list of meters needs, then enrolled, connected, admitted,
roster (or why the meter stays out), submitted, no-reading, total, lost, misreported, clock (where it was wrong), evidence,
dropped, trouble; where members are missing released, request-refused (and why) or disputed; rolled-back where the journal
is older than what this meter has sent. With --mode pes: setup (or setup-refused), admitted, submitted, left. No reading is
ever logged. Ctrl-C ends the node; started again with the same folder it goes on with the next slot. With --leave-on-stop
it leaves first; a second Ctrl-C ends it at once.

With --billing-period the meter also seals its readings for its customer, encrypted and signed, a batch each day, week or
month, keeps those of twelve months, and hands them to the customer's program (pnpm node:customer) that it is paired with;
log: billing (with the home address, which that program is given), sealed, batches-dropped, left-out, paired, unpaired,
home-refused. The home address is on this machine only unless --home-listen says otherwise. "pnpm node:meter billing-pair"
shows the code for pairing, which draws a new key where somebody has the one in force; "pnpm node:meter unpair" draws one for
whoever comes next. Lanes, length of slots, period and time zone stay what they were when that began.

A recording is played at the times it was made at. --replay-from plays it from that moment on in the slot that runs at
the start; pick a moment a whole number of weeks ago to keep weekday and time of day. --lab-clock moves the time of the
whole network instead, and may let it pass faster.

Examples:
  pnpm node:meter --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… --network topology/networks/neighbourhood-50.yaml \\
    --data-dir /var/lib/hushgrid/meter --data readings.csv --household house-12 --replay-from 2013-02-04T00:00:00Z
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml \\
    --data-dir meter-3 --synthetic demo:3 --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:meter --mode pes --concentrator /ip4/192.0.2.7/tcp/7402/p2p/12D3KooW… --pes-key 5f6e…c1 --supplier-key 03ab…9d \\
    --variant direct --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/meter --synthetic demo:3
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml --data-dir meter-3 \\
    --synthetic demo:3 --billing-period day --time-zone Europe/London
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml --data-dir meter-3 \\
    --synthetic demo:3 --billing-period day --home-listen /ip4/192.168.1.7/tcp/7404
  pnpm node:meter billing-pair --data-dir meter-3
  pnpm node:meter unpair --data-dir meter-3`

/** Runs the command; sets the exit status. */
export const main = roleMain<MeterOptions>({
  role: 'meter',
  description: 'Run one smart meter of a network: it submits its household’s reading of each slot, masked or encrypted.',
  listen: '/ip4/0.0.0.0/tcp/0',
  options: command => {
    command
      .option('--mode <name>', 'which path the readings take: dcnet or pes (default: dcnet)', choiceOf('--mode', ['dcnet', 'pes']))
      .option('--leave-on-stop', 'announce on Ctrl-C that this meter leaves, and stop once it is out (at most two slots)')
      .option(
        '--min-members <number>',
        `least number of members in a roster, or of readings in a sum, to take part in (default: ${DEFAULT_FLOORS.minMembers})`,
        wholeNumber('--min-members', 3, MAX_MEMBERS)
      )
    withDcnetOptions(command.optionsGroup('With --mode dcnet:'))
    withPesOptions(command.optionsGroup('With --mode pes:'))
    withReadingOptions(command.optionsGroup('Readings, by --data or --synthetic:'))
    return withHomeOptions(command.optionsGroup("The customer's home network:"))
  },
  examples: EXAMPLES,
  others: { 'billing-pair': billingPair, unpair },
  run: async options => {
    checkMode(options)
    await (options.mode === 'pes' ? runPesMeter(options) : runRingMeter(options))
  }
})

function withDcnetOptions(command: Command): void {
  command
    .option('--registrar <multiaddr>', 'where the registrar is, with its peer id, as its log says', nodeAddress)
    .option(
      '--min-degree <number>',
      `least number of mask neighbours, unless all members are that (default: ${DEFAULT_FLOORS.degree})`,
      wholeNumber('--min-degree', 2, MAX_MEMBERS)
    )
    .option(
      '--min-recovery <mode>',
      `least recovery mode: ${RECOVERY_MODES.join(', ')} (default: none)`,
      choiceOf('--min-recovery', RECOVERY_MODES)
    )
}

function withPesOptions(command: Command): void {
  command
    .option('--concentrator <multiaddr>', 'where the concentrator is, with its peer id, as its log says', nodeAddress)
    .option('--pes-key <hex|multiaddr>', 'the PES (default, in a lab: whoever the concentrator names)', nodeKey('--pes-key'))
    .option('--supplier-key <hex|multiaddr>', 'the supplier (default, in a lab: whoever the concentrator names)', nodeKey('--supplier-key'))
    .option(
      '--variant <name>',
      `whom readings are encrypted for: ${VARIANTS.join(' or ')} (default, in a lab: as the PES's setup says)`,
      choiceOf('--variant', VARIANTS)
    )
}

/** @throws HushgridError where an option belongs to the other path */
function checkMode({ mode, registrar, concentrator, pesKey, supplierKey, variant, minDegree, minRecovery }: MeterOptions): void {
  const others =
    mode === 'pes'
      ? { '--registrar': registrar, '--min-degree': minDegree, '--min-recovery': minRecovery }
      : { '--concentrator': concentrator, '--pes-key': pesKey, '--supplier-key': supplierKey, '--variant': variant }
  for (const [option, value] of Object.entries(others))
    if (value !== undefined) throw new HushgridError(`${option}: expected with --mode ${mode === 'pes' ? 'dcnet' : 'pes'} only`)
}
