// Opens the folder and the account for the commands, after asking for the password.
import { join } from 'node:path'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { claimDataFolder, PasswordInput } from '@hushgrid/runtime'
import { CustomerDevice } from '../device/customer-device.ts'
import { CustomerRecords } from '../device/customer-records.ts'

/** Reports a folder without an account. */
export class NoAccountError extends HushgridError {
  override name = 'NoAccountError'
}

/** Opens the records of a folder, asks for passwords, and puts everything away again, also after an error. */
export async function withRecords<T>(dataDir: string, run: (records: CustomerRecords, passwords: PasswordInput) => Promise<T>): Promise<T> {
  const passwords = PasswordInput.ofProcess()
  try {
    const giveUp = claimDataFolder(dataDir, 'customer')
    try {
      return await run(new CustomerRecords(join(dataDir, 'records')), passwords)
    } finally {
      giveUp()
    }
  } finally {
    await passwords.close()
  }
}

/**
 * Asks for the password of the folder's account and opens it.
 *
 * @throws NoAccountError, WrongPasswordError, PasswordInputError
 */
export async function openDevice(records: CustomerRecords, passwords: PasswordInput): Promise<CustomerDevice> {
  const account = records.readAccount()?.account
  if (account === undefined) throw new NoAccountError('expected an account in --data-dir, got none; "pnpm node:customer pair" makes one')
  return await CustomerDevice.open(records, await passwords.read(account), systemRng)
}

/** Runs with the account opened: {@link withRecords}, then {@link openDevice}. */
export async function atDevice<T>(
  dataDir: string,
  run: (device: CustomerDevice, records: CustomerRecords, passwords: PasswordInput) => Promise<T> | T
): Promise<T> {
  return await withRecords(dataDir, async (records, passwords) => await run(await openDevice(records, passwords), records, passwords))
}
