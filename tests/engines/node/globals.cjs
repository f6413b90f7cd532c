// What pdf.js asks of where it runs, and Node lacks: load it before pdf.js.

// Read on import by the newer versions, for drawing pages only.
globalThis.DOMMatrix ??= class {};
globalThis.Path2D ??= class {};
globalThis.ImageData ??= class {};

// What the newest version asks of Node 22; may go when nobody runs the tests on Node 20.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
};
ArrayBuffer.prototype.transferToFixedLength ??= function (length = this.byteLength) {
  const moved = new Uint8Array(length);
  moved.set(new Uint8Array(this, 0, Math.min(length, this.byteLength)));
  return moved.buffer;
};
