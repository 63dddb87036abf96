// Loaded before a receiver that names its port: it listens on $PORT of this machine instead.
const { Server } = require("node:net");

const { listen } = Server.prototype;
Server.prototype.listen = function listenElsewhere(_port, ...rest) {
  return listen.call(this, Number(process.env.PORT), "127.0.0.1", ...rest);
};
