#!/bin/sh
# Writes the certificates and keys of the tests of TLS beside this script. They are valid for a
# hundred years, and worth nothing.
set -eu
out=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"
touch index
cat > ca.cnf <<'END'
[ca]
default_ca = any
[any]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
END

# $1 name, $2 extensions, further arguments say who signs
certificate() {
	name=$1
	echo "$2" > extensions
	shift 2
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
		-keyout "$name.key" -out request
	openssl ca -config ca.cnf -batch -notext -in request -extfile extensions \
		-startdate 20200101000000Z -enddate 21200101000000Z -out "$name.pem" "$@"
}

authority="basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign"
certificate ca "$authority" -selfsign -keyfile ca.key
certificate other-ca "$authority" -selfsign -keyfile other-ca.key
certificate server "extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost" -cert ca.pem -keyfile ca.key
certificate client extendedKeyUsage=clientAuth -cert ca.pem -keyfile ca.key
certificate renewed-client extendedKeyUsage=clientAuth -cert ca.pem -keyfile ca.key
cp ca.pem other-ca.pem server.pem server.key client.pem client.key renewed-client.pem \
	renewed-client.key "$out"
