import { z } from 'zod'
import { API_ERRORS } from './api-error'
import type { Route } from './route'

/** The description of the API (OpenAPI 3.1), made of the same schemas that check the requests. */
export function openApi(routes: readonly Route[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { spec } of routes) {
    const path = spec.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [spec.method]: operation({ spec }) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AnchorDesk room API', version: '1', description: 'The business of a live room. Errors have one shape: code, message, remedy, context.' },
    paths,
    components: {
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['code', 'message', 'remedy', 'context'],
          properties: {
            code: { type: 'string', enum: Object.keys(API_ERRORS) },
            message: { type: 'string' },
            remedy: { type: 'string' },
            context: { type: 'object' },
          },
        },
      },
    },
  }
}

function operation({ spec }: Pick<Route, 'spec'>): Readonly<Record<string, unknown>> {
  const path = [...spec.path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const query = Object.entries(spec.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: jsonSchema(schema as z.ZodType),
  }))
  const error = { description: 'Refused', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
  return {
    summary: spec.summary,
    tags: [spec.group],
    ...(spec.action === null ? {} : { security: [{ session: [] }], 'x-action': spec.action }),
    parameters: [...path, ...query],
    ...(spec.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(spec.body) } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: jsonSchema(spec.answer) } } },
      default: error,
    },
  }
}

function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}
