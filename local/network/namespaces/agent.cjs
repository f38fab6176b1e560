// Opens sockets in the network namespace in which it runs, and hands them to the process that started it: a socket
// stays in the namespace that it was made in, whoever uses it. Plain JavaScript, so that it starts in no time.
const dgram = require("node:dgram");
const net = require("node:net");

const connectTimeoutMs = 1_000;

const operations = {
  listen({ host, port }, done) {
    const server = net.createServer((socket) => socket.destroy());
    server.once("error", done);
    server.listen({ host, port, exclusive: true }, () => done(undefined, server, () => server.close()));
  },
  bind({ host, port }, done) {
    const socket = dgram.createSocket("udp4");
    socket.once("error", done);
    socket.bind({ address: host, port, exclusive: true }, () => done(undefined, socket, () => socket.close()));
  },
  connect({ host, port }, done) {
    const socket = new net.Socket();
    // Nothing is read here: the first byte belongs to whoever gets the socket.
    socket.pause();
    socket.setTimeout(connectTimeoutMs, () => {
      socket.destroy(Object.assign(new Error(`${host}:${port} does not answer`), { code: "ETIMEDOUT" }));
    });
    socket.once("error", done);
    socket.connect({ host, port }, () => {
      socket.setTimeout(0);
      done(undefined, socket, () => undefined);
    });
  },
};

process.on("message", ({ id, operation, ...address }) => {
  let answered = false;
  operations[operation](address, (error, handle, sent) => {
    if (answered) return;
    answered = true;
    if (error) process.send({ id, error: { message: error.message, code: error.code } });
    else process.send({ id }, handle, {}, sent);
  });
});
process.on("disconnect", () => process.exit());
process.send({ ready: true });
