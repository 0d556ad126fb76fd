// Times @cloud-copilot/iam-simulate on the worlds that standard input holds, and prints medians in microseconds.
// Run as a program of its own, from a folder into which npm has installed the package.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(join(process.argv[2], 'package.json'))
const main = require.resolve('@cloud-copilot/iam-simulate')
const root = dirname(main)
const simulate = require('@cloud-copilot/iam-simulate')
const { authorize } = require(join(root, 'core_engine', 'CoreSimulatorEngine.js'))
const { AwsRequestImpl } = require(join(root, 'request', 'request.js'))
const { RequestContextImpl } = require(join(root, 'requestContext.js'))
const { loadPolicy } = createRequire(pathToFileURL(main))('@cloud-copilot/iam-policy')
const worlds = JSON.parse(readFileSync(0, 'utf8'))

const fullAccess = {
  name: 'RCPFullAWSAccess',
  document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } }
}

const levels = (chain) =>
  (chain ?? []).map((policies, n) => ({
    orgIdentifier: `level-${n}`,
    policies: policies.map((p) => ({ name: p.name, policy: p.document }))
  }))
const named = (policies) => (policies ?? []).map((p) => ({ name: p.name, policy: p.document }))
const loaded = (p) => loadPolicy(p.document, { name: p.name })

const simulation = ({ request, policies }) => ({
  request: {
    principal: request.principal,
    action: request.action,
    resource: { resource: request.resource, accountId: request.resource_account },
    contextVariables: request.context
  },
  identityPolicies: named(policies.identity),
  permissionBoundaryPolicies: policies.boundary && named(policies.boundary),
  serviceControlPolicies: levels(policies.scp),
  resourceControlPolicies: levels(policies.rcp),
  resourcePolicy: policies.resource?.document
})

const core = ({ request, policies }) => ({
  request: new AwsRequestImpl(
    request.principal,
    { resource: request.resource, accountId: request.resource_account },
    request.action,
    new RequestContextImpl(request.context)
  ),
  sessionPolicy: undefined,
  identityPolicies: policies.identity.map(loaded),
  serviceControlPolicies: (policies.scp ?? []).map((l, n) => ({ orgIdentifier: `level-${n}`, policies: l.map(loaded) })),
  resourceControlPolicies: (policies.rcp ?? []).map((l, n) => ({
    orgIdentifier: `level-${n}`,
    policies: [...l, fullAccess].map(loaded)
  })),
  resourcePolicy: policies.resource && loaded(policies.resource),
  permissionBoundaries: policies.boundary?.map(loaded),
  vpcEndpointPolicies: undefined,
  simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: new Map() }
})

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

const time = async (inputs, call, before = (input) => input) => {
  const results = []
  for (const input of inputs) results.push(await call(before(input, 'w')))
  for (let round = 0; round < 3; round++) for (const input of inputs) await call(before(input, `w${round}`))
  const times = []
  for (let round = 0; round < 5; round++)
    for (const given of inputs) {
      const input = before(given, round)
      const start = process.hrtime.bigint()
      await call(input)
      times.push(Number(process.hrtime.bigint() - start) / 1000)
    }
  return { microseconds: median(times), results }
}

const engine = await time(worlds.map(core), (input) => authorize(input))
// No policy comes twice, in no round: as our lines.
const lines = worlds.map((world) => JSON.stringify(world))
const anew = (text, round) => text.replaceAll(/"(name|Sid)":"|other-/g, (found) => `${found}${round}-`)
const reading = await time(lines, (input) => authorize(core(input)), (text, round) => JSON.parse(anew(text, round)))
// As `why403 evaluate` is asked and answers: JSON in, JSON out, as little of it as tells what each layer says.
const answered = async (text) => {
  const world = JSON.parse(text)
  const told = await authorize(core(world))
  const layers = Object.entries(told).map(([name, layer]) => [name, layer?.result ?? layer])
  return JSON.stringify({ id: world.id, ...Object.fromEntries(layers.filter(([, said]) => typeof said !== 'object')) })
}
const line = await time(lines, answered, anew)
const entry = await time(worlds.map(simulation), (input) => simulate.runSimulation(input, {}))
console.log(
  JSON.stringify({
    core: engine.microseconds,
    core_reading: reading.microseconds,
    core_line: line.microseconds,
    entry: entry.microseconds,
    core_allowed: engine.results.filter((r) => r.result === 'Allowed').length,
    errors: entry.results.filter((r) => r.resultType === 'error').map((r) => JSON.stringify(r.errors)).slice(0, 3)
  })
)
