import { decimal } from '@hushgrid/primitives'
import { describeField } from './data-format-error.ts'
import { type Format, stem } from './layout.ts'

const ROW = /^\d{9,10}(?:\.\d+)? +[+-]?\d/

/**
 * UK-DALE (Kelly and Knottenbelt 2015, doi:10.1038/sdata.2015.7): `house_1/channel_1.dat`, Unix seconds and watts with a
 * blank between, every 6 s or so. Channel 1 is the whole house in all five; its sensors measure apparent power, which
 * is taken for active power, so that energies come out a little high. A sample holds for 120 s: the authors fill gaps
 * of up to two minutes forward and take longer ones for a meter that was off.
 */
export const ukDale: Format = {
  name: 'uk-dale',

  recognises(firstLine) {
    return ROW.test(firstLine)
  },

  detect(_lines, path) {
    const folder = path.split('/').at(-2)
    return {
      name: 'uk-dale',
      title: 'UK-DALE, whole house',
      stepSeconds: 6,
      sampling: { stepSeconds: 6, holdSeconds: 120, regular: false },
      household: folder && /^house_?\d+$/i.test(folder) ? folder : stem(path)
    }
  },

  reader(layout, context) {
    const store = context.store(layout.household as string)
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
}
