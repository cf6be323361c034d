import type { ErrorSentences } from './error-text'

/** `{name}` stands for a value of the error's context. */
export const errorsEn: ErrorSentences = {
  'publish.url-invalid': {
    what: 'This is not an address we can push to.',
    works: 'Nothing was changed.',
    remedy: 'Paste an address that begins with rtmp:// or rtmps:// and ends in the stream key.',
  },
  'publish.url-expired': {
    what: 'The push address has expired.',
    works: 'Your other destinations go on.',
    remedy: 'Get a new push address from your platform and paste it.',
  },
  'publish.denied': {
    what: 'The server refused the stream key ({reason}).',
    works: 'Your other destinations go on.',
    remedy: 'Check the key, or copy it again from your platform.',
  },
  'publish.rejected': {
    what: 'The server hung up {times} times right after accepting the stream.',
    works: 'Your other destinations go on.',
    remedy: 'The key is most likely wrong or expired, or the stream is banned. Copy the push address again.',
  },
  'publish.bad-name': {
    what: 'Somebody is already publishing with this key.',
    works: 'We keep trying; a dead connection of ours frees itself within seconds.',
    remedy: 'Stop the other encoder, or use another key.',
  },
  'publish.dns': { what: 'The server {host} cannot be found.', works: 'We keep trying.', remedy: 'Check the address and your internet connection.' },
  'publish.refused': { what: 'Nobody answers at {host}:{port}.', works: 'We keep trying.', remedy: 'Check that the server runs and that the port is right.' },
  'publish.timeout': {
    what: '{host}:{port} did not answer in time.',
    works: 'We keep trying.',
    remedy: 'A firewall may block the port; try rtmps, or another network.',
  },
  'publish.tls': {
    what: 'The certificate of the server is not valid ({reason}).',
    works: 'Nothing was sent to it.',
    remedy: 'Check the address; ask whoever runs the server.',
  },
  'publish.protocol': { what: 'The server does not speak RTMP ({reason}).', works: 'We keep trying.', remedy: 'Check the address and the port.' },
  'publish.closed': {
    what: 'The connection was closed ({reason}).',
    works: 'We reconnect by ourselves.',
    remedy: 'If it happens again, check the network cable or Wi-Fi.',
  },
  'publish.stalled': {
    what: 'The line took nothing for {seconds} s.',
    works: 'We reconnect by ourselves.',
    remedy: 'Check the network; move closer to the Wi-Fi or use a cable.',
  },
  'publish.line-too-slow': {
    what: 'The line carries {ackedKbps} of {wantedKbps} kbit/s.',
    works: 'Sound goes on; pictures are dropped.',
    remedy: 'Lower the quality, or stop other uploads.',
  },
  'source.permission-denied': {
    what: 'The system does not let us use {device}.',
    works: 'Everything else goes on.',
    remedy: 'Allow it in the privacy settings of the system, then restart the source.',
  },
  'source.not-found': {
    what: '{device} is not there.',
    works: 'Viewers see a card with its name; it comes back by itself.',
    remedy: 'Plug it in, or choose another one.',
  },
  'source.in-use': { what: 'Another program uses {device}.', works: 'Everything else goes on; we keep trying.', remedy: 'Close the other program.' },
  'source.lost': { what: '{device} was disconnected.', works: 'Viewers see a card with its name; it comes back by itself.', remedy: 'Plug it in again.' },
  'source.frozen': {
    what: 'The picture stood still for {ageMs} ms.',
    works: 'The source is being restarted.',
    remedy: 'If it stays, unplug the device and plug it in again.',
  },
  'source.image-unreadable': {
    what: '{file} cannot be read as a picture.',
    works: 'Everything else goes on.',
    remedy: 'Choose a PNG, JPEG, WebP, GIF or BMP of up to 32 MB.',
  },
  'source.system-audio-unsupported': {
    what: 'System audio can be captured on Windows only.',
    works: 'Microphones work.',
    remedy: 'Remove the source, or route the sound through a virtual microphone.',
  },
  'source.failed': { what: 'The source failed ({reason}).', works: 'Everything else goes on; we keep trying.', remedy: 'Restart the source.' },
  'encoder.unsupported': {
    what: 'This machine cannot encode {width}×{height} at {fps} frames a second.',
    works: 'Nothing was changed.',
    remedy: 'Choose 720p or 30 frames a second.',
  },
  'encoder.failed': {
    what: 'The video encoder failed ({reason}).',
    works: 'It is being restarted; viewers see the slate.',
    remedy: 'If it happens again, choose a lower quality.',
  },
  'encoder.overloaded': {
    what: 'This machine makes {fps} of {targetFps} frames a second.',
    works: 'The stream goes on, less smoothly.',
    remedy: 'Lower the quality, or close other programs.',
  },
  'stage.crashed': {
    what: 'Capture and mixing stopped unexpectedly.',
    works: 'They are being restarted; viewers see the slate.',
    remedy: 'Nothing to do. If it happens again, restart AnchorDesk after the show.',
  },
  'publisher.crashed': { what: 'The sender stopped unexpectedly.', works: 'It is being restarted and connects again.', remedy: 'Nothing to do.' },
  'room-server.crashed': {
    what: 'The room on this machine stopped unexpectedly.',
    works: 'It is being restarted; your other destinations go on.',
    remedy: 'Nothing to do.',
  },
  'studio.crashed': {
    what: 'This window stopped unexpectedly and was loaded again.',
    works: 'The broadcast went on without a break.',
    remedy: 'Nothing to do.',
  },
  'process.gave-up': {
    what: 'A part of AnchorDesk ({process}) keeps failing and is left alone.',
    works: 'The other parts go on.',
    remedy: 'Restart AnchorDesk; if it stays, report it with the log.',
  },
  'room.unavailable': {
    what: 'The room on this machine does not answer.',
    works: 'The picture goes on.',
    remedy: 'It is asked again by itself.',
  },
  'room-server.port-busy': {
    what: 'Port {port} ({use}) is taken by another program.',
    works: 'Pushing to other servers works.',
    remedy: 'Close that program, or start AnchorDesk with another port.',
  },
  'room-server.failed': {
    what: 'The room on this machine could not start ({reason}).',
    works: 'Pushing to other servers works.',
    remedy: 'Restart AnchorDesk.',
  },
  'settings.recovered': {
    what: 'The settings file was damaged.',
    works: 'The last good copy is in use; the damaged file was kept.',
    remedy: 'Check your latest changes.',
  },
  'settings.reset': {
    what: 'The settings could not be read.',
    works: 'AnchorDesk starts with fresh settings; the damaged file was kept as {backup}.',
    remedy: 'Set up your sources and destinations again.',
  },
  'settings.write-failed': {
    what: 'Settings could not be saved ({reason}).',
    works: 'Your changes hold until you quit.',
    remedy: 'Check that the folder of your settings can be written.',
  },
  'disk.full': { what: 'The disk is full.', works: 'The show goes on; changes hold until you quit.', remedy: 'Free some space.' },
  'export.failed': {
    what: '{file} could not be written ({reason}).',
    works: 'Nothing was lost; what stood there before still does.',
    remedy: 'Choose another folder.',
  },
  'secrets.unreadable': {
    what: 'The saved stream keys cannot be read ({reason}).',
    works: 'Nothing was thrown away: the file was kept as {backup}.',
    remedy: 'Enter the keys of your destinations again, or sign in as the user who saved them.',
  },
  'secrets.not-saved': {
    what: 'The stream key could not be saved ({reason}).',
    works: 'The destination is saved, and its key holds until you quit.',
    remedy: 'Free some space or unlock the keyring, then enter the key again.',
  },
  'secrets.session-only': {
    what: 'This system has no key store.',
    works: 'Stream keys are kept until you quit, and never written to disk.',
    remedy: 'On Linux, install and unlock a keyring (gnome-keyring, KWallet).',
  },
  'destination.limit': {
    what: 'There can be at most {limit} destinations, those of the command line included.',
    works: 'Nothing was changed.',
    remedy: 'Remove one that you do not use.',
  },
  'ice-server.limit': {
    what: 'There can be at most {limit} STUN and TURN servers.',
    works: 'Nothing was changed.',
    remedy: 'Remove one that you do not use.',
  },
  'ice-server.address-invalid': {
    what: 'This is no address of a STUN or TURN server.',
    works: 'Nothing was changed.',
    remedy: 'Enter it as stun:host:port or turn:host:port, without a user name in it.',
  },
  'ice-server.user-missing': {
    what: 'A TURN server needs a user name.',
    works: 'Nothing was changed.',
    remedy: 'Enter the user name that its operator gave you.',
  },
  'ice-server.credential-missing': {
    what: 'A TURN server needs a credential.',
    works: 'The server is not used without it.',
    remedy: 'Enter the credential that its operator gave you.',
  },
  'ice-server.untested': {
    what: 'The server could not be tested.',
    works: 'Nothing was changed; calls with co-anchors go on.',
    remedy: 'Test it again in a moment.',
  },
  'marker.off-air': { what: 'Markers are set while you are on air.', works: 'Nothing was changed.', remedy: 'Go live, then set it.' },
  'co-anchor.bad-link': {
    what: 'This is no link for co-anchors.',
    works: 'Nothing was opened.',
    remedy: 'Copy the whole link that you were sent; it has /guest/ and #invite= in it.',
  },
  'room-link.unreachable': {
    what: 'The other room at {host} did not answer.',
    works: 'Your own room is as it was.',
    remedy: 'Ask whether the other show shares its room on the network, then try again.',
  },
  'room-link.refused': {
    what: 'The other room did not let yours in: {reason}',
    works: 'Your own room is as it was.',
    remedy: 'Ask the other anchor for a new link.',
  },
  'room-link.own-room': { what: 'This link is one of your own room.', works: 'Nothing was changed.', remedy: 'Paste the link that the other anchor sent you.' },
  'room-link.own-off-air': {
    what: 'Over TRTC, rooms are connected only while both shows are on, and yours is not.',
    works: 'Your own room is as it was.',
    remedy: 'Go live, then connect the rooms.',
  },
  'room-link.other-off-air': {
    what: 'Over TRTC, rooms are connected only while both shows are on, and the other one is not.',
    works: 'Your own show goes on.',
    remedy: 'Ask the other anchor to go live by TRTC, then connect the rooms.',
  },
  'room-link.other-by-rtmp': {
    what: 'Your show goes by TRTC, and the other room’s does not: neither would see the other.',
    works: 'Your own show goes on.',
    remedy: 'Both have to go the same way: ask the other anchor to go live by TRTC, or switch your TRTC destination off before the next show.',
  },
  'room-link.other-by-trtc': {
    what: 'The other room’s show goes by TRTC, and yours does not: neither would see the other.',
    works: 'Your own show goes on.',
    remedy: 'Both have to go the same way: go live by TRTC, or ask the other anchor to go live by RTMP.',
  },
  'room-link.other-app': {
    what: 'The other room belongs to another Tencent application (SDKAppID {other}, yours is {own}), and TRTC connects rooms of one application only.',
    works: 'Your own show goes on.',
    remedy: 'Sign in to room servers of the same application, or both go live by RTMP.',
  },
  'room-link.same-trtc-room': {
    what: 'Both rooms are called {room} in the same Tencent application: that is one TRTC room, and not two.',
    works: 'Your own show goes on.',
    remedy: 'Give one of them another name: use rooms of a team’s room server.',
  },
  'room-link.way-changed': {
    what: 'Your program goes another way now, and the connection with the other room does not come along.',
    works: 'Your own show goes on.',
    remedy: 'Connect the rooms again when both shows go the same way.',
  },
  'room-link.no-place': {
    what: 'Your room has no place for the other anchor: {reason}',
    works: 'Your own room is as it was.',
    remedy: 'Send somebody of the co-anchors away, then try again.',
  },
  'marker.limit': { what: 'A show can have at most {limit} markers.', works: 'Those that are set stay.', remedy: 'Remove one that you do not need.' },
  'cloud.bad-link': {
    what: 'That is no sign-in link.',
    works: 'Nothing was changed.',
    remedy: 'Paste the whole link that your team’s administrator sent you.',
  },
  'cloud.not-https': {
    what: 'The link to {host} is not encrypted: everybody on the way could take over your room.',
    works: 'Nothing was sent.',
    remedy: 'Ask your team’s administrator for a link that begins with https.',
  },
  'cloud.unreachable': {
    what: 'Your team’s room server {host} does not answer.',
    works: 'A running show goes on; we keep trying.',
    remedy: 'Check your network, or ask your team’s administrator.',
  },
  'cloud.refused': {
    what: 'Your team’s room server {host} refused: {reason}',
    works: 'Nothing was changed.',
    remedy: 'Ask your team’s administrator for a new link.',
  },
  'cloud.name-refused': {
    what: 'Your team’s room server {host} does not take your name: {reason}',
    works: 'You are in the room by the name before.',
    remedy: 'Choose another name: Settings, Go through the set-up.',
  },
  'cloud.not-a-server': {
    what: 'What answers at {host} is no AnchorDesk room server.',
    works: 'Nothing was changed.',
    remedy: 'Check the link with your team’s administrator.',
  },
  'cloud.ended': {
    what: 'You are not signed in at {host} any more.',
    works: 'A running show goes on; the room is out of reach until you sign in.',
    remedy: 'Ask your team’s administrator for a new link and sign in again.',
  },
  'cloud.app-refused': {
    what: 'Tencent’s Chat at {host} does not answer, or does not take this SDKAppID and key.',
    works: 'Pushing by RTMP works; we keep trying.',
    remedy: 'Compare SDKAppID, key and region with the console.',
  },
  'cloud.on-air': { what: 'The room cannot be changed while you are live.', works: 'The show goes on.', remedy: 'End the show first.' },
  'cloud.no-key': {
    what: 'The key of your Tencent app is not on this machine any more.',
    works: 'The room of this machine is used.',
    remedy: 'Enter SDKAppID and key again in Settings, Cloud.',
  },
  'trtc.not-installed': {
    what: 'TRTC is not installed on this machine.',
    works: 'Everything else works, RTMP too.',
    remedy: 'Install the TRTC library (the TRTC destination tells how), or push by RTMP.',
  },
  'trtc.load-failed': {
    what: 'The TRTC library does not start ({reason}).',
    works: 'Everything else works, RTMP too.',
    remedy: 'Install it again; on Windows 7 and older macOS it cannot run.',
  },
  'trtc.no-cloud-room': {
    what: 'This live room is not one of Tencent’s cloud, and TRTC has no room for it.',
    works: 'RTMP works as before.',
    remedy: 'Sign in to your team’s room server, or give your SDKAppID in the settings.',
  },
  'trtc.no-ticket': {
    what: 'The room server gave no permission for the TRTC room ({reason}).',
    works: 'We keep trying; other destinations go on.',
    remedy: 'Check your connection to the room server, or sign in again.',
  },
  'trtc.enter-failed': {
    what: 'The TRTC room could not be entered (code {code}).',
    works: 'We keep trying.',
    remedy: 'Check your network; if it stays, check the TRTC service in Tencent’s console.',
  },
  'trtc.signature-refused': {
    what: 'TRTC refused your permission (code {code}).',
    works: 'Nothing was sent.',
    remedy: 'Check SDKAppID and key, and the clock of this machine and of the room server.',
  },
  'trtc.signature-expired': {
    what: 'Your permission for TRTC has ended (code {code}).',
    works: 'A new one is fetched.',
    remedy: 'Check the clock of this machine and of the room server.',
  },
  'trtc.timeout': {
    what: 'TRTC did not answer in time (code {code}).',
    works: 'We keep trying.',
    remedy: 'A firewall may block UDP; try another network, or push by RTMP.',
  },
  'trtc.connection-lost': { what: 'The connection to TRTC is lost.', works: 'It is being recovered.', remedy: 'Check your network, or switch to RTMP.' },
  'trtc.kicked': {
    what: 'You were sent out of the TRTC room ({reason}).',
    works: 'Your other destinations go on.',
    remedy: 'Check whether you are live elsewhere with this name, then go live again.',
  },
  'trtc.room-dissolved': {
    what: 'The TRTC room was dissolved.',
    works: 'Your recording is kept in the cloud, if one was made.',
    remedy: 'End the show and start it again.',
  },
  'trtc.relay-failed': {
    what: 'The cloud does not push your picture on (code {code}).',
    works: 'Viewers in TRTC see you.',
    remedy: 'Check the push address and its key, and that relaying is on in Tencent’s console.',
  },
  'trtc.source-unsupported': {
    what: 'TRTC cannot show this source on this machine.',
    works: 'The rest of the scene is shown.',
    remedy: 'Hide it, or push by RTMP.',
  },
  'trtc.sub-stream-taken': {
    what: 'Somebody else shares a screen in this room (code {code}).',
    works: 'Your camera goes on.',
    remedy: 'Ask them to stop sharing, then start the source again.',
  },
  'trtc.room-connection-failed': {
    what: 'The rooms could not be connected (code {code}).',
    works: 'Your own show goes on.',
    remedy: 'It is tried again. Check that the other anchor is live by TRTC; if it stays, look up the code in Tencent’s documentation.',
  },
  'trtc.other-anchor-absent': {
    what: 'The other anchor is not in the TRTC room (code {code}).',
    works: 'Your own show goes on; it is tried again.',
    remedy: 'Ask whether the other show is on.',
  },
  'trtc.rooms-full': {
    what: 'TRTC connects no more rooms with yours or with the other one (code {code}).',
    works: 'Your own show goes on.',
    remedy: 'Ask the other anchor to disconnect from somebody else, then connect again.',
  },
  'trtc.rooms-not-allowed': {
    what: 'Your Tencent application may not connect rooms (code {code}).',
    works: 'Your own show goes on.',
    remedy: 'Look in the TRTC console whether your edition has cross-room connections, or ask Tencent; by RTMP it works without.',
  },
  'trtc.failed': {
    what: 'TRTC reported an error (code {code}: {reason}).',
    works: 'We keep trying where that can help.',
    remedy: 'If it comes again, export the diagnostics and look up the code in Tencent’s documentation.',
  },
  'trtc.crashed': {
    what: 'The TRTC process stopped and is being restarted.',
    works: 'The room and the chat go on.',
    remedy: 'Nothing to do; if it happens again, switch to RTMP.',
  },
  'session.checks-stop': {
    what: 'A check stops going live ({check}).',
    works: 'Nothing was started.',
    remedy: 'Open the go-live sheet, mend what is red there, and check again.',
  },
  'session.no-picture': { what: 'There is nothing to show.', works: 'Nothing was started.', remedy: 'Add a camera, a screen or the test card.' },
  'session.no-destination': { what: 'No destination is switched on.', works: 'Nothing was started.', remedy: 'Switch on a destination.' },
  'session.timeout': { what: 'Going live took longer than {seconds} s.', works: 'Nothing was left half open.', remedy: 'Check the destination and try again.' },
  'start.data-folder': {
    what: 'AnchorDesk cannot use the folder {path} ({reason}).',
    works: 'Nothing was changed.',
    remedy: 'Choose a folder that you can write to with --data-dir, or free some space.',
  },
  'start.running-already': {
    what: 'AnchorDesk is running already with the folder {path}.',
    works: 'The other one was brought to the front and goes on as it was.',
    remedy: 'Use that window, or start with another --data-dir.',
  },
  'start.failed': {
    what: 'AnchorDesk could not start ({reason}).',
    works: 'Nothing was changed.',
    remedy: 'Start it again; if it stays, report it with the log.',
  },
  'ipc.invalid': { what: 'This could not be done ({channel}).', works: 'Nothing was changed.', remedy: 'Check what was entered.' },
  internal: { what: 'Something unexpected happened ({reason}).', works: 'The show goes on.', remedy: 'Try again; if it stays, report it with the log.' },
}
