import { parsePairingCode } from '@hushgrid/billing'
import { idInAddress } from '@hushgrid/network'
import { systemRng } from '@hushgrid/primitives'
import type { PasswordScheme } from '@hushgrid/web-api'
import { CustomerDevice } from '../device/customer-device.ts'
import { ARGON2ID, PBKDF2 } from '../device/password-key.ts'
import { openDevice, withRecords } from './at-device.ts'
import { withMeter } from './home-network.ts'

export interface PairOptions {
  readonly meter: string
  readonly dataDir: string
  readonly account: string
  readonly scheme?: PasswordScheme['scheme']
}

/** Finds a password scheme by its name. */
export function schemeNamed(name: PasswordScheme['scheme'] | undefined): PasswordScheme | undefined {
  return name === undefined ? undefined : name === 'argon2id' ? ARGON2ID : PBKDF2
}

/** Runs `pair`. */
export async function pair({ meter: address, dataDir, account, scheme }: PairOptions): Promise<void> {
  const meter = idInAddress(address)
  await withRecords(dataDir, async (records, passwords) => {
    const device = records.readAccount()
      ? await openDevice(records, passwords)
      : await CustomerDevice.create(records, account, await passwords.readNew(account), systemRng, schemeNamed(scheme))
    // Asks last for the code, since it can be used only once.
    const code = parsePairingCode((await passwords.readSecret('code that the meter shows')).trim())
    const key = await withMeter(address, async (client, within) => await client.pair(code, within()))
    device.addKey(meter, key)
    process.stdout.write(`account ${device.account}: paired with meter ${meter}, key epoch ${key.epoch}\n`)
  })
}
