// Why there is no connection, in words for who looks at the page.

const texts = new Map([
  ["transport close", "the connection was lost"],
  ["transport error", "the connection was lost"],
  ["ping timeout", "the server fell silent"],
  ["io server disconnect", "the server closed the connection"],
  ["xhr poll error", "the server cannot be reached"],
  ["xhr post error", "the server cannot be reached"],
  ["websocket error", "the server cannot be reached"],
  ["timeout", "the server does not answer"],
]);

/** reason is socket.io-client's reason of a disconnect, or the message of its connect_error. */
export const inWords = (reason) => texts.get(reason) ?? reason;
