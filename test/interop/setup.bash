# SPDX-License-Identifier: ISC
#
# What the servers are made of: services, certificates, configuration. All of
# it stands in $SERVERS/top, which covers the machine's own, and $SERVERS/run,
# which is /run where the servers live.

# name, TLS from the first byte, certificate, further settings
SERVICES='
tls-rsa        yes rsa
tls-ecdsa      yes ecdsa
tls-chain      yes chain
starttls-rsa   no  rsa
starttls-ecdsa no  ecdsa
starttls-chain no  chain
no-chunking    yes ecdsa -o smtpd_discard_ehlo_keywords=chunking
no-pipelining  yes ecdsa -o smtpd_discard_ehlo_keywords=chunking,pipelining
no-size        yes ecdsa -o smtpd_discard_ehlo_keywords=size
no-size-data   yes ecdsa -o smtpd_discard_ehlo_keywords=size,chunking
tls12          yes rsa   -o smtpd_tls_mandatory_protocols=TLSv1.2
few            yes ecdsa -o smtpd_recipient_limit=100
refuse-at-mail yes ecdsa -o smtpd_delay_reject=no
'

# key_pin FILE: the pin of a certificate's key. cert_pin: of all of it.
key_pin() {
	openssl x509 -in "$1" -noout -pubkey |
		openssl pkey -pubin -outform DER | digest
}

cert_pin() {
	openssl x509 -in "$1" -outform DER | digest
}

digest() {
	openssl dgst -sha256 -r | sed 's/ .*//; s/^/sha256:/'
}

# self_signed NAME ALGORITHM...
self_signed() {
	local name=$1

	shift
	openssl req -x509 -nodes -newkey "$@" -days 2 \
		-subj "/CN=$name" -addext "$NAMES" \
		-keyout "$name.key" -out "$name.crt"
	cat "$name.key" "$name.crt" >"$name.pem"
}

# signed NAME CA EXTENSIONS ALGORITHM...
signed() {
	local name=$1 ca=$2 extensions=$3

	shift 3
	openssl req -nodes -newkey "$@" -subj "/CN=$name" \
		-keyout "$name.key" -out "$name.csr"
	openssl x509 -req -in "$name.csr" -days 2 -set_serial "$RANDOM" \
		-CA "$ca.crt" -CAkey "$ca.key" -out "$name.crt" \
		-extfile <(printf '%b' "$extensions")
}

# rsa and ecdsa sign themselves. root signed middle signed chain, whose
# server sends chain and middle.
make_certificates() (
	NAMES='subjectAltName=DNS:mail.example.com,DNS:localhost,IP:127.0.0.1'
	ca='basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n'
	ec=(ec -pkeyopt ec_paramgen_curve:P-256)

	mkdir -m 700 "$SERVERS/run/certs"
	cd "$SERVERS/run/certs" || exit
	exec 2>openssl.out
	self_signed rsa rsa:2048
	self_signed ecdsa "${ec[@]}"
	self_signed root "${ec[@]}"
	signed middle root "$ca" "${ec[@]}"
	signed chain middle "$NAMES\n" rsa:2048
	cat chain.key chain.crt middle.crt >chain.pem
)

# cert NAME: the file of its certificate.
cert() {
	echo "$SERVERS/run/certs/$1.crt"
}

# The numbers are high ones that nobody has; in here they need no more meaning.
write_users() {
	local etc=$SERVERS/top/etc id=64901 user

	sed 's|^\(root:.*\):[^:]*:\([^:]*\)$|\1:/run/home:\2|' \
		/etc/passwd >"$etc/passwd"
	cp /etc/group "$etc/group"
	for user in postfix postdrop dovecot dovenull Debian-exim \
	    opensmtpd opensmtpq storage; do
		sed -i "/^$user:/d" "$etc/passwd" "$etc/group"
		echo "$user:x:$id:$id::/:/usr/sbin/nologin" >>"$etc/passwd"
		echo "$user:x:$id:" >>"$etc/group"
		id=$((id + 1))
	done
	# The last one is storage's.
	chown $((id - 1)) "$SERVERS"/run/{stored,storing}
}

# Dovecot 2.4 reads another language than 2.3; `inside` takes what fits.
write_dovecot() {
	local etc=$SERVERS/top/etc/dovecot

	cat >"$etc/users" <<-'END'
	alice:{PLAIN}wonder1and
	bob:{PLAIN}builder
	END
	cat >"$etc/common.conf" <<-'END'
	protocols =
	ssl = no
	base_dir = /run/dovecot
	state_dir = /run/dovecot
	log_path = /run/log/dovecot.log
	auth_mechanisms = plain login scram-sha-1 scram-sha-256
	auth_verbose = yes
	# No delay for a login that fails, nor longer and longer ones.
	auth_failure_delay = 0
	service anvil {
	  unix_listener anvil-auth-penalty {
	    mode = 0
	  }
	}
	service auth {
	  unix_listener sasl {
	    mode = 0660
	    user = postfix
	    group = postfix
	  }
	}
	END
	cat - "$etc/common.conf" >"$etc/2.3.conf" <<-'END'
	passdb {
	  driver = passwd-file
	  args = /etc/dovecot/users
	}
	userdb {
	  driver = static
	  args = uid=65534 gid=65534 home=/
	}
	END
	cat - "$etc/common.conf" >"$etc/2.4.conf" <<-'END'
	dovecot_config_version = 2.4.0
	dovecot_storage_version = 2.4.0
	passdb passwd-file {
	  passwd_file_path = /etc/dovecot/users
	}
	userdb static {
	  fields {
	    uid = 65534
	    gid = 65534
	    home = /
	  }
	}
	END
}

write_main_cf() {
	cat >"$SERVERS/top/etc/postfix/main.cf" <<-'END'
	compatibility_level = 3.6
	queue_directory = /run/queue
	data_directory = /run/data
	maillog_file = /run/log/mail.log
	maillog_file_prefixes = /run/log
	inet_interfaces = 127.0.0.1
	inet_protocols = ipv4
	myhostname = mail.example.com
	mydestination =
	alias_maps =
	local_recipient_maps =
	default_transport = storage
	storage_destination_recipient_limit = 10000
	in_flow_delay = 0
	# What arrived is stored as it arrived.
	local_header_rewrite_clients =
	message_drop_headers =
	smtpd_peername_lookup = no
	smtpd_sasl_auth_enable = yes
	smtpd_sasl_type = dovecot
	smtpd_sasl_path = /run/dovecot/sasl
	smtpd_tls_auth_only = yes
	smtpd_tls_security_level = encrypt
	smtpd_tls_loglevel = 1
	smtpd_relay_restrictions = permit_sasl_authenticated, reject
	smtpd_sender_login_maps = inline:{
	  alice@example.com=alice, bob@example.com=bob, dora@example.edu=bob }
	smtpd_sender_restrictions = reject_sender_login_mismatch
	smtpd_recipient_restrictions = check_recipient_access inline:{
	  { nobody@example.org=550 5.1.1 No such person }
	  { refused.example.org=550 5.1.1 No such person }
	  { later@example.org=450 4.2.1 Come back later } }
	  permit_sasl_authenticated, reject
	END
}

write_master_cf() {
	local name wrapper certificate settings port

	cat >"$SERVERS/top/etc/postfix/master.cf" <<-'END'
	anvil    unix       - - n - 1 anvil
	bounce   unix       - - n - 0 bounce
	cleanup  unix       n - n - 0 cleanup
	defer    unix       - - n - 0 bounce
	error    unix       - - n - - error
	postlog  unix-dgram n - n - 1 postlogd
	qmgr     unix       n - n 300 1 qmgr
	retry    unix       - - n - - error
	rewrite  unix       - - n - - trivial-rewrite
	tlsmgr   unix       - - n - 1 tlsmgr
	trace    unix       - - n - 0 bounce
	storage  unix       - n n - - pipe user=storage argv=/run/store
	  ${queue_id} ${sender} ${sasl_username} ${recipient}
	END
	while read -r name wrapper certificate settings; do
		read -r port
		echo "$name $port" >&3
		cat <<-END
		127.0.0.1:$port inet n - n - - smtpd
		  -o smtpd_tls_wrappermode=$wrapper
		  -o smtpd_tls_chain_files=/run/certs/$certificate.pem
		END
		[ -z "$settings" ] || echo "  $settings"
	done < <(sed '/./!d' <<<"$SERVICES" |
		paste -d '\n' - <(free_ports)) \
		>>"$SERVERS/top/etc/postfix/master.cf" 3>"$SERVERS/ports"
}

# A free port for each service: all are held until all are known.
free_ports() {
	python3 - "$(grep -c . <<<"$SERVICES")" <<-'END'
	import socket, sys
	held = [socket.create_server(("127.0.0.1", 0))
	    for _ in range(int(sys.argv[1]))]
	for s in held:
	    print(s.getsockname()[1])
	END
}

# What the callers (PHP, cron) find in the namespace: pinmail as sendmail.
write_callers() {
	local top=$SERVERS/top

	mkdir -p "$top/usr/sbin" "$top/usr/lib" "$top/etc/pam.d"
	# A copy, for callers that may not look into the build directory.
	cp "$PINMAIL" "$top/usr/sbin/sendmail"
	ln -s ../sbin/sendmail "$top/usr/lib/sendmail"
	# A place to mount the configuration on.
	mkdir -p "$top${PINMAIL_CONF%/*}"
	: >"$top$PINMAIL_CONF"
	# The machine's own jobs are not for our cron.
	: >"$top/etc/crontab"
	# cron is real, its PAM stack (audit, limits) is not what is tested.
	cat >"$top/etc/pam.d/cron" <<-'END'
	auth    required pam_permit.so
	account required pam_permit.so
	session required pam_permit.so
	END
}
