export type { ComposeStats, Compositor, CompositorOptions, Engine, EngineChoice, EngineMeasurement, Layer, Picture, Still } from './contract'
