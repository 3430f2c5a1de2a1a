/**
 * The whole system with one call: a neighbourhood, its supplier and its customers, with a month behind them.
 *
 * ```ts
 * process.exitCode = await runDemo({ members: 10, seed: 'first', slotMs: 1000, slots: 48, port: 7480, report: undefined })
 * ```
 *
 * @packageDocumentation
 */

export { showAccounts } from './accounts.ts'
export { runDemo } from './run-demo.ts'
