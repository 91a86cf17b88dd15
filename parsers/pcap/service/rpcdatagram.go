package service

import "encoding/binary"

// rpcDatagram is the header of DCE/RPC without a connection: https://pubs.opengroup.org/onlinepubs/9629399/chap12.htm
const rpcDatagram = 80

// matchRPCDatagram recognises a header whose length fits.
func matchRPCDatagram(c Chunk, _ *opening) verdict {
	b := c.Data
	if len(b) < rpcDatagram || b[0] != 4 || b[1] > 10 || b[4]&0xef != 0 || b[5] > 3 || b[6] != 0 {
		return no
	}
	if rpcDatagram+int(rpcOrder(b).Uint16(b[74:])) > len(b)+int(c.Cut) || binary.BigEndian.Uint64(b[24:]) == 0 {
		return no
	}
	if b[1] == rpcRequest {
		return asks(c.Side)
	}
	return yes
}

// rpcDatagrams lists the interfaces called.
type rpcDatagrams struct{ rpcReader }

func openRPCDatagrams(scene) analyzer { return &rpcDatagrams{} }

func (r *rpcDatagrams) feed(c Chunk) {
	if matchRPCDatagram(c, nil) == no {
		return
	}
	id := uuid(c.Data[24:40], rpcOrder(c.Data))
	note(&r.rpc.Interfaces, id)
	if name := rpcInterfaces[id]; name != "" {
		note(&r.rpc.Endpoints, name)
	}
}
