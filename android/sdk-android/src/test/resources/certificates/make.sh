#!/usr/bin/env bash
# Makes the certificates and OCSP answers of CertificateVerifierTest anew, in this folder. Their keys are
# not kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
days=36500

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days $days -subj "/CN=Test Authority" \
  -addext "basicConstraints=critical,CA:true" -addext "keyUsage=critical,keyCertSign,cRLSign,digitalSignature" 2>/dev/null

issue() { # name serial extendedKeyUsage
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=clearpass.example" 2>/dev/null
  printf 'subjectAltName=DNS:clearpass.example\n%s\n' "${3:+extendedKeyUsage=$3}" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -set_serial "$2" -days $days -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  openssl x509 -in "$1.pem" -outform DER -out "$here/$1.der"
}
issue server 1 serverAuth
issue client 2 clientAuth
issue any-usage 3 ""

answer() { # name line-of-the-index
  printf '%s\n' "$2" > index.txt
  openssl ocsp -index index.txt -rsigner root.pem -rkey root.key -CA root.pem -issuer root.pem -serial 1 -ndays $days \
    -no_nonce -respout "$here/$1.ocsp" >/dev/null 2>&1
}
tab=$'\t'
answer good "V${tab}21250101000000Z${tab}${tab}01${tab}unknown${tab}/CN=clearpass.example"
answer revoked "R${tab}21250101000000Z${tab}200101000000Z,keyCompromise${tab}01${tab}unknown${tab}/CN=clearpass.example"
openssl x509 -in root.pem -outform DER -out "$here/root.der"
