export { checkCache, checkDatabase, checkQueue, checkWorkers } from "./check-stores.ts"
export { getInstance, getInstanceV1, VERSION } from "./get-instance.ts"
export { type InstanceFacts, readFacts } from "./instance-facts.ts"
export { registerStores } from "./register-stores.ts"
