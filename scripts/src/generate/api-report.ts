// Writes what each package offers to the others, declaration by declaration, to docs/api, or checks that docs/api still
// says so: a change of a package's face shows in the diff. API Extractor reads declarations, so they are emitted first.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HushgridError } from '@hushgrid/primitives'
import { makeFolder, runCommand } from '@hushgrid/runtime'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor'
import { Command } from 'commander'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const REPORTS = join(ROOT, 'docs/api')
const PACKAGES = globSync(['packages/*/src/index.ts', 'nodes/*/src/index.ts', 'topology/src/index.ts'], { cwd: ROOT }).sort()
const SILENT = { logLevel: ExtractorLogLevel.None }

/** Emits the declarations of all packages to a folder. */
function emitDeclarations(folder: string): void {
  const config = join(folder, 'tsconfig.json')
  const include = ['packages/*/src', 'nodes/*/src', 'topology/src'].map(each => join(ROOT, each))
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: ROOT,
    outDir: folder,
    typeRoots: [join(ROOT, 'node_modules/@types')]
  }
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      include,
      exclude: [join(ROOT, 'packages/web')]
    })
  )
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config], { stdio: 'inherit' })
}

/** Name of a package's report: its folder's. */
const reportName = (index: string): string => index.replace(/^packages\/|\/src\/index\.ts$/g, '').replace('/', '-')

/** Writes the report of one package to a folder. */
function report(index: string, declarations: string, folder: string): void {
  const files = [join(declarations, index.replace(/\.ts$/, '.d.ts'))]
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')]
  }
  const projectFolder = join(ROOT, index.replace(/\/src\/index\.ts$/, ''))
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: files[0] as string,
      compiler: { overrideTsconfig: { compilerOptions, files }, skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temporary'),
        reportFileName: reportName(index),
        includeForgottenExports: false
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      // Silences these: the compiler has its own command, and readers judge missing documentation.
      messages: {
        compilerMessageReporting: { default: SILENT },
        extractorMessageReporting: { default: SILENT },
        tsdocMessageReporting: { default: SILENT }
      }
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json')
  })
  const failures: string[] = []
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message: ExtractorMessage) => {
      if (message.logLevel === ExtractorLogLevel.Error) failures.push(message.text)
      message.handled = true
    }
  })
  if (failures.length > 0) throw new HushgridError(`${index}: expected declarations that can be read, got: ${failures.join('; ')}`)
}

/** The reports of a folder, by file name. */
function reportsIn(folder: string): Map<string, string> {
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.api.md')) : []
  return new Map(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]))
}

await runCommand(
  new Command('pnpm api')
    .description('Check that docs/api says what each package offers to the others.')
    .option('--write', 'write docs/api anew instead')
    .addHelpText('after', '\nExamples:\n  pnpm api\n  pnpm api --write')
    .action(({ write }: { write?: boolean }) => {
      // Works outside node_modules, where relative imports of declarations are not followed.
      const work = mkdtempSync(join(tmpdir(), 'hushgrid-api-'))
      try {
        emitDeclarations(work)
        const made = join(work, 'reports')
        mkdirSync(made)
        for (const index of PACKAGES) report(index, work, made)
        const now = reportsIn(made)
        if (write) {
          rmSync(REPORTS, { recursive: true, force: true })
          makeFolder(REPORTS, 0o777)
          for (const name of now.keys()) cpSync(join(made, name), join(REPORTS, name))
          console.log(`${now.size} reports written to docs/api`)
          return
        }
        const kept = reportsIn(REPORTS)
        const differing = [...new Set([...now.keys(), ...kept.keys()])].filter(name => now.get(name) !== kept.get(name)).sort()
        for (const name of differing)
          console.error(`docs/api/${name} is not what the package offers: run "pnpm api --write" and look at the diff`)
        if (differing.length > 0) process.exitCode = 1
        else console.log(`${now.size} reports agree with docs/api`)
      } finally {
        rmSync(work, { recursive: true })
      }
    })
)
