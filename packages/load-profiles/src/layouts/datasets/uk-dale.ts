import { decimal, IMPORT_LANE } from '@hushgrid/primitives'
import { describeField } from '../data-format-error.ts'
import { type Format, type Layout, type ReaderContext, stem } from '../layout.ts'

const ROW = /^\d{9,10}(?:\.\d+)? +[+-]?\d/

/** Unix seconds and watts with a blank between; `house_1/channel_1.dat`. */
function detectMains(layout: Pick<Layout, 'name' | 'title' | 'stepSeconds'>): Format['detect'] {
  return (_lines, path) => {
    const folder = path.split('/').at(-2)
    return {
      ...layout,
      unit: 'W',
      clock: 'UTC',
      sampling: { stepSeconds: layout.stepSeconds, holdSeconds: 120, regular: false },
      household: folder && /^house_?\d+$/i.test(folder) ? folder : stem(path)
    }
  }
}

function mainsReader(layout: Layout, context: ReaderContext): ReturnType<Format['reader']> {
  // Mains that stand in files of their own add up.
  const store = context.store(layout.household as string, IMPORT_LANE, layout.name === 'redd' ? stem(context.source) : '')
  return (line, lineNumber) => {
    if (!store) return
    const fields = line.trim().split(/ +/)
    if (fields.length !== 2) throw context.error(lineNumber, 'Unix seconds and watts with a blank between', `${fields.length} fields`)
    const [unix, field] = fields as [string, string]
    const time = decimal(unix)
    if (time === undefined) throw context.error(lineNumber, 'Unix seconds in the first field', describeField(unix))
    const watts = decimal(field)
    if (watts === undefined) throw context.error(lineNumber, 'watts in the second field', describeField(field))
    context.put(store, lineNumber, time, watts)
  }
}

/**
 * UK-DALE (Kelly and Knottenbelt 2015, doi:10.1038/sdata.2015.7): `house_1/channel_1.dat`, Unix seconds and watts with a
 * blank between, every 6 s or so. Channel 1 is the whole house in all five; its sensors measure apparent power, which
 * is taken for active power, so that energies come out a little high. A sample holds for 120 s: the authors fill gaps
 * of up to two minutes forward and take longer ones for a meter that was off.
 */
export const ukDale: Format = {
  name: 'uk-dale',
  header: false,
  recognises: ([first = '']) => ROW.test(first),
  detect: detectMains({ name: 'uk-dale', title: 'UK-DALE, whole house', stepSeconds: 6 }),
  reader: mainsReader
}

/**
 * REDD, low frequency (Kolter and Johnson 2011): as UK-DALE, but a house has two mains, `channel_1.dat` and `channel_2.dat`
 * by its `labels.dat`, every second or so; their apparent powers add up. A slot that lacks one of them is a gap. Whoever
 * finds the files says which of the two datasets they are of, since the lines do not.
 */
export const redd: Format = {
  name: 'redd',
  header: false,
  recognises: ([first = ''], _path, { mains }) => mains === true && ROW.test(first),
  detect: detectMains({ name: 'redd', title: 'REDD, both mains', stepSeconds: 1 }),
  reader: mainsReader
}
