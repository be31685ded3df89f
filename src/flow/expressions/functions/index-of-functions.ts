import type { ExpressionFunction } from '../function.ts'
import { dataFunctions } from './data-functions.ts'
import { dateFunctions } from './date-functions.ts'
import { listFunctions } from './list-functions.ts'
import { numberFunctions } from './number-functions.ts'
import { textFunctions } from './text-functions.ts'

/** Every function of the expression language; `docs/reference/expressions.md` describes each. */
export const functionsByName: ReadonlyMap<string, ExpressionFunction> = new Map(
  [...textFunctions, ...numberFunctions, ...listFunctions, ...dateFunctions, ...dataFunctions].map(
    (spec) => [spec.name, spec],
  ),
)
