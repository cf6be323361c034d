/** Our windows' pages come over app://, not file:// (Electron checklist 18). No page of the web can have these origins. */
export const SCHEME = 'app'
export const STUDIO_ORIGIN = `${SCHEME}://studio`
export const STAGE_ORIGIN = `${SCHEME}://stage`
export const TRTC_ORIGIN = `${SCHEME}://trtc`
/** Name of the one window that the studio's page may open. */
export const POP_OUT_NAME = 'anchordesk-chat'
