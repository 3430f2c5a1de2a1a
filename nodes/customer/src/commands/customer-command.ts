// `pnpm node:customer`: the customer's own system.
import { PERIOD_HELP } from '@hushgrid/billing'
import { parseHostPort } from '@hushgrid/http'
import { nodeAddress } from '@hushgrid/network'
import { InvalidArgumentError, type MeterId, meterId } from '@hushgrid/primitives'
import { bandsOption, bandsSlotOption, choiceOf, runCommand, wholeNumber } from '@hushgrid/runtime'
import { PASSWORD_CHARACTERS } from '@hushgrid/web-api'
import { Command, Option } from 'commander'
import { checkAccountName } from '../device/account-record.ts'
import { register } from '../portal/register-command.ts'
import { serve } from '../portal/serve-command.ts'
import { parseServerUrl } from '../portal/server-url.ts'
import { bill } from './bill-command.ts'
import { exportReadings } from './export-command.ts'
import { fetchBatches } from './fetch-command.ts'
import { pair } from './pair-command.ts'
import { password } from './password-command.ts'
import { send } from './send-command.ts'

const EXPLANATION = `
The account's password is typed without being shown, or comes on a line of standard input where something is piped in;
never as an argument. It is asked for twice, or read once from the pipe, when it is set: at least ${PASSWORD_CHARACTERS.least} characters. Nothing in
DATA-DIR/records opens a reading without it, and nobody can set it back: whoever loses it pairs anew, in an empty folder, and
opens what the meter measures from then on.

"pair" asks for the code that "pnpm node:meter billing-pair" shows at the meter, after the password; where there is no
account yet it makes one. With a meter that somebody is paired with already the code draws another key: the new account opens
what is measured from then on, and whoever was paired before opens what was before. Pairing anew with the same account keeps both.
"fetch" gets the meter's batches, from the meter or from files, and keeps those that the meter signed. "bill" computes a
period's bill under a tariff, for the supplier, who can check it and learns the amount and the gaps only; no slot gets into
two bills, which together would say more. "send" brings it to the supplier's node. Readings leave only by "export", to a file of yours. The --out file is readable by its owner only.

"serve" is the portal, a server for many customers: their page in a browser, which decrypts there. Of each account it keeps the
keys wrapped, in its own --data-dir, and asks the supplier's server for all else; it never has a customer's own password, a key
or a reading.
"register" brings the account's wrapped keys to a portal, so that its password opens the page too. It asks for the account's
password, then for the one-time password that the supplier gave with the account of the same name, and puts a proof that comes
of the first in the place of the second. After each "pair" call it again; after "password" call it again with
--password-changed, and it asks for the earlier password. The page itself cannot change the password.

Examples:
  pnpm node:customer pair --meter /ip4/192.0.2.17/tcp/7404/p2p/12D3KooW… --data-dir customer
  pnpm node:customer fetch --meter /ip4/192.0.2.17/tcp/7404/p2p/12D3KooW… --data-dir customer
  pnpm node:customer fetch --from batches --data-dir customer
  pnpm node:customer bill --tariff packages/billing/tariffs/london-dynamic.yaml --bands bands.csv --period 2013-02 \\
    --out bill.bin --data-dir customer
  pnpm node:customer send --bill bill.bin --supplier /ip4/192.0.2.9/tcp/7403/p2p/12D3KooW… --network neighbourhood-50
  pnpm node:customer export --csv --time-zone Europe/London --out readings.csv --data-dir customer
  pnpm node:customer export --green-button --period 2013-02 --time-zone Europe/London --out readings.xml --data-dir customer
  pnpm node:customer password --data-dir customer
  pnpm node:customer serve --data-dir portal --supplier http://127.0.0.1:7481 --listen 127.0.0.1:7482
  pnpm node:customer serve --data-dir portal --supplier https://supplier.example --listen portal.example:443 \\
    --cert portal.pem --key portal-key.pem
  pnpm node:customer register --portal http://127.0.0.1:7482 --account flat-7 --data-dir customer
  pnpm node:customer register --portal http://127.0.0.1:7482 --data-dir customer --password-changed`

/** Longest patience, a day, in seconds. */
const MOST_PATIENCE = 86_400
const PORTAL = '127.0.0.1:7482'
const DATA_DIR = '--data-dir <folder>'
const DATA_DIR_HELP = "the customer's own folder; made where there is none"
const METER_ID = '--meter-id <hex>'
const METER_ID_HELP = 'which of the paired meters; may be left out where there is one'
const OUT = '--out <file>'
const SCHEMES = ['argon2id', 'pbkdf2-sha256']

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:customer').description("The customer's own system: keys, readings, bills, exports.")
  command
    .command('pair')
    .description('learn the key of a meter')
    .requiredOption('--meter <multiaddr>', "where the meter's home network is, with its peer id, as its log says", nodeAddress)
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .option('--account <name>', 'of the account that is made where there is none', checkAccountName, 'customer')
    .addOption(schemeOption())
    .action(pair)
  command
    .command('fetch')
    .description('get and check batches of readings')
    .option('--meter <multiaddr>', 'from the meter', nodeAddress)
    .option('--from <path>', 'from a file, or all files of a folder')
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .action(fetchBatches)
  command
    .command('bill')
    .description('compute the bill of a period')
    .requiredOption('--tariff <file>', 'the tariff that was agreed on')
    .addOption(bandsOption('the band or the price of each slot, for a dynamic tariff'))
    .addOption(bandsSlotOption())
    .requiredOption('--period <period>', `in the tariff's time zone: ${PERIOD_HELP}`)
    .requiredOption(OUT, 'the bill, for the supplier')
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .option(METER_ID, METER_ID_HELP, meterOption)
    .action(bill)
  command
    .command('send')
    .description('bring a bill to the supplier, who checks it')
    .requiredOption('--bill <file>', 'what "bill" has written')
    .requiredOption('--supplier <multiaddr>', "where the supplier's node is, with its peer id, as its log says", nodeAddress)
    .requiredOption('--network <name>', "the network's name, as its network file has it")
    .option('--patience <seconds>', 'how long to try', wholeNumber('--patience', 1, MOST_PATIENCE), 60)
    .action(send)
  command
    .command('export')
    .description('write readings to a file, in the clear')
    .option('--csv', 'as CSV')
    .option('--green-button', 'as Green Button data (ESPI)')
    .requiredOption(OUT, 'the file')
    .option('--period <period>', `only this: ${PERIOD_HELP}`)
    .option('--time-zone <name>', 'of local times, such as Europe/London', 'UTC')
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .option(METER_ID, METER_ID_HELP, meterOption)
    .action(exportReadings)
  command
    .command('password')
    .description('change the password; the old one comes first')
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .addOption(schemeOption())
    .action(password)
  command
    .command('serve')
    .description("serve the customers' page")
    .requiredOption('--supplier <url>', "the supplier's server: https, or http on this machine", text => parseServerUrl('--supplier', text))
    .option('--supplier-ca <file>', 'certificates (PEM) to believe the supplier by, and no others')
    .addOption(
      new Option('--listen <host:port>', 'where to listen; port 0 is any free one')
        .argParser(text => parseHostPort('--listen', text))
        .default(parseHostPort('--listen', PORTAL), PORTAL)
    )
    .option('--cert <file>', 'certificate (PEM); without one the portal is for this machine only')
    .option('--key <file>', "the certificate's key (PEM)")
    .requiredOption(DATA_DIR, "the portal's own folder; made where there is none")
    .option('--json', 'log as JSON lines')
    .action(serve)
  command
    .command('register')
    .description("bring the account's wrapped keys to a portal, also after a change")
    .requiredOption('--portal <url>', "the customers' portal: https, or http on this machine", text => parseServerUrl('--portal', text))
    .option('--portal-ca <file>', 'certificates (PEM) to believe the portal by, and no others')
    .option('--account <name>', "the supplier's name of the account, which has to be its name here", checkAccountName)
    .option('--password-changed', 'the password is another one than when the account was registered last')
    .requiredOption(DATA_DIR, DATA_DIR_HELP)
    .action(register)
  // Does not repeat an argument too many, since it may be a password.
  for (const sub of command.commands) sub.allowExcessArguments(true).hook('preAction', refuseArguments).addHelpText('after', EXPLANATION)
  await runCommand(command.addHelpText('after', EXPLANATION), argv)
}

function refuseArguments(command: Command): void {
  if (command.args.length > 0) throw new InvalidArgumentError('arguments', 'none beside the options', String(command.args.length))
}

function schemeOption(): Option {
  return new Option('--scheme <name>', `how the password becomes a key: ${SCHEMES.join(' or ')}`).argParser(choiceOf('--scheme', SCHEMES))
}

function meterOption(text: string): MeterId {
  return meterId(text.toLowerCase())
}
