import type { TRTCQualityInfo, TRTCSpeedTestResult, TRTCStatistics, TRTCVolumeInfo } from 'trtc-electron-sdk'
import type { Cloud } from './sdk'

/** The events that the app hears, with their arguments as liteav/trtc.js fires them. */
export interface CloudEvents {
  onError: [code: number, message: string]
  onWarning: [code: number, message: string]
  onEnterRoom: [result: number]
  onExitRoom: [reason: number]
  onSwitchRole: [code: number, message: string]
  onConnectOtherRoom: [userId: string, code: number, message: string]
  onDisconnectOtherRoom: [code: number, message: string]
  onRemoteUserEnterRoom: [userId: string]
  onRemoteUserLeaveRoom: [userId: string, reason: number]
  onUserVideoAvailable: [userId: string, available: number]
  onUserAudioAvailable: [userId: string, available: number]
  onSendFirstLocalVideoFrame: [streamType: number]
  onSendFirstLocalAudioFrame: []
  onConnectionLost: []
  onTryToReconnect: []
  onConnectionRecovery: []
  onCameraDidReady: []
  onMicDidReady: []
  onDeviceChange: [deviceId: string, type: number, state: number]
  onStartPublishMediaStream: [taskId: string, code: number, message: string]
  onUpdatePublishMediaStream: [taskId: string, code: number, message: string]
  onStopPublishMediaStream: [taskId: string, code: number, message: string]
  onCdnStreamStateChanged: [url: string, status: number, code: number, message: string]
  onScreenCaptureStarted: []
  onScreenCapturePaused: [reason: number]
  onScreenCaptureResumed: [reason: number]
  onScreenCaptureStopped: [reason: number]
  onSystemAudioLoopbackError: [code: number]
  onNetworkQuality: [local: TRTCQualityInfo, remote: TRTCQualityInfo[]]
  onStatistics: [statistics: TRTCStatistics]
  onUserVoiceVolume: [volumes: TRTCVolumeInfo[], count: number, total: number]
  onSpeedTestResult: [result: TRTCSpeedTestResult]
  /** Every local picture, once setCaptureLocalVideoEnabled(true) was called: the render callback leaves out the sub stream. */
  onLocalVideoData: [picture: { readonly type: number; readonly data: { readonly width: number; readonly height: number; readonly data: Uint8Array } }]
}

export type CloudHandlers = { readonly [Name in keyof CloudEvents]?: (...args: CloudEvents[Name]) => void }

/** Hears these events. @returns ends it */
export function listen(cloud: Cloud, handlers: CloudHandlers): () => void {
  const heard = Object.entries(handlers) as [string, (...args: unknown[]) => void][]
  for (const [name, handler] of heard) cloud.on(name, handler)
  return () => {
    for (const [name, handler] of heard) cloud.off(name, handler)
  }
}
