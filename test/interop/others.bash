# SPDX-License-Identifier: ISC
#
# More makes of servers, beside the Postfix of servers.bash and where it lives.
# With `load others` after `load servers`, servers_start starts these, too:
#
#	postfix    again, without limits of size; takes lines of any length
#	exim       refuses lines over 998 bytes, as its own configuration does
#	dovecot    submission, which hands on to postfix or postfix-7bit
#	opensmtpd  has neither PIPELINING nor CHUNKING
#	aiosmtpd   nor has this one; refuses lines over 999 bytes, and without
#	           8BITMIME bytes over 127
#
# MAKE-7bit does not offer 8BITMIME and MAKE-data not CHUNKING. What a server
# cannot help offering, `veil` covers. All know alice/wonder1and and store as
# `store` does, below fields that they put on top; aiosmtpd stores the bytes
# that were on the wire.

# As the others there.
SERVICES+=$(sed 's/$/ -o message_size_limit=0 -o cleanup_service_name=large/
	s/ -o / -o smtpd_discard_ehlo_keywords=/' <<-'END'
postfix           no  rsa   -o dsn
postfix-data      no  ecdsa -o chunking
postfix-7bit      no  chain -o 8bitmime,smtputf8
postfix-7bit-data yes rsa   -o 8bitmime,smtputf8,chunking
END
)$'\n'

# name, TLS from the first byte, certificate; veiled service, what is covered
OTHERS='
exim              yes ecdsa
exim-data         no  ecdsa
exim-7bit         no  rsa
exim-7bit-data    yes rsa
dovecot           yes ecdsa
dovecot-7bit      yes rsa
dovecot-data      yes ecdsa dovecot       CHUNKING
dovecot-7bit-data yes ecdsa dovecot-7bit  CHUNKING
opensmtpd         no  rsa
opensmtpd-tls     yes rsa
opensmtpd-7bit    yes ecdsa opensmtpd-tls 8BITMIME
aiosmtpd          yes ecdsa
aiosmtpd-7bit     no  rsa
'

# makes: prints those that can be started here.
makes() {
	local make file

	while read -r make file; do
		if [ -e "$INTEROP_CACHE/root/$file" ] || [ -e "/$file" ]; then
			echo "$make"
		fi
	done <<-'END'
	exim usr/sbin/exim4
	dovecot usr/lib/dovecot/submission-login
	opensmtpd usr/libexec/opensmtpd
	aiosmtpd usr/lib/python3/dist-packages/aiosmtpd
	END
}

# of_makes <SERVICES: those of Postfix here and of the others that can start.
of_makes() {
	grep -E "^(postfix|$(makes | paste -s -d '|'))(-[a-z0-9]+)* "
}

# variants: prints all their names.
variants() {
	of_makes <<<"$SERVICES$OTHERS" | sed 's/ .*//'
}

# variant NAME: as `account`.
variant() {
	case $1 in
	postfix*) account "$1" ;;
	*)	makes | grep -qx "${1%%-*}" || lacks "${1%%-*} is missing"
		SERVICES=$OTHERS account "$1" ;;
	esac
}

# Before each try of servers_start.
furnish_try() {
	local run=$SERVERS/run make

	OTHERS=$(of_makes <<<"$OTHERS")
	SERVICES=$OTHERS free_ports |
		paste -d ' ' <(sed 's/ .*//' <<<"$OTHERS") - >"$run/ports"
	cat "$run/ports" >>"$SERVERS/ports"
	cat >>"$SERVERS/top/etc/postfix/master.cf" <<-'END'
	large unix n - n - 0 cleanup
	  -o message_size_limit=0 -o header_size_limit=10000000
	END
	printf '%s\n' '#!/bin/bash' 'set -eu' >"$run/more"
	for make in $(makes); do
		"start_$make"
	done
	start_veil
	chmod 755 "$run/more"
	at_start <<-'END'
	while read -r name port; do
		tries=200
		until (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
			[ $((tries -= 1)) -gt 0 ] ||
				{ echo "$name does not listen"; exit 1; }
			sleep 0.05
		done
	done </run/ports
	END
}

# at_start <COMMANDS: what /run/more runs where the servers live.
at_start() {
	cat >>"$SERVERS/run/more"
}

start_exim() {
	mkdir -p "$SERVERS/run/exim"
	cp "$SERVERS/run/certs"/{ecdsa,rsa}.{crt,key} "$SERVERS/run/exim"
	chown -R --reference="$SERVERS/run/stored" "$SERVERS/run/exim"
	exim ecdsa true exim exim-data
	exim rsa false exim-7bit-data exim-7bit
}

# exim CERTIFICATE 8BITMIME TLS_SERVICE STARTTLS_SERVICE: a daemon. Its service
# for DATA is known by the port. Everything is done by the user storage.
exim() {
	local conf=$SERVERS/run/exim-$1.conf data

	data=$(port "$4")
	[[ $3 != *-data ]] || data=$(port "$3")
	cat >"$conf" <<-END
	tls_certificate = /run/exim/$1.crt
	tls_privatekey = /run/exim/$1.key
	pid_file_path = /run/exim/$1.pid
	accept_8bitmime = $2
	tls_on_connect_ports = $(port "$3")
	daemon_smtp_ports = $(port "$3") : $(port "$4")
	chunking_advertise_hosts = \${if !={\$received_port}{$data}{*}}
	END
	cat >>"$conf" <<-'END'
	local_interfaces = 127.0.0.1
	primary_hostname = mail.example.com
	exim_user = storage
	exim_group = storage
	deliver_drop_privilege = true
	keep_environment =
	notifier_socket =
	spool_directory = /run/exim
	log_file_path = /run/exim/%s.log
	tls_advertise_hosts = *
	auth_advertise_hosts = ${if def:tls_in_cipher{*}}
	message_size_limit = 0
	header_maxsize = 10M
	received_headers_max = 100
	received_header_text =
	acl_smtp_rcpt = rcpt
	acl_smtp_data = data
	begin acl
	rcpt:
	  accept authenticated = *
	# What the configuration that Exim comes with has.
	data:
	  deny condition = ${if >{$max_received_linelength}{998}}
	    message = maximum allowed line length is 998 octets, \
	      got $max_received_linelength
	  accept
	begin routers
	any:
	  driver = accept
	  transport = store
	begin transports
	# What clients said may stand in its environment, not among arguments.
	store:
	  driver = pipe
	  command = /bin/sh -c 'exec /run/store "\$MESSAGE_ID" "\$SENDER" \
	    "\$LOGIN" "\$RECIPIENT"'
	  environment = LOGIN=$authenticated_id
	  user = storage
	  message_prefix =
	  message_suffix =
	begin authenticators
	plain:
	  driver = plaintext
	  public_name = PLAIN
	  server_prompts = :
	  server_condition = \
	    ${if and{{eq{$auth2}{alice}}{eq{$auth3}{wonder1and}}}}
	  server_set_id = $auth2
	END
	at_start <<<"exim4 -C /run/exim-$1.conf -bd"
}

start_dovecot() {
	submission dovecot postfix ecdsa 8BITMIME
	submission dovecot-7bit postfix-7bit rsa ''
}

# submission SERVICE RELAY CERTIFICATE CAPABILITIES: a Dovecot of its own.
submission() {
	local name=submission-$1

	rm -rf "$SERVERS/run/$name"
	cat >"$SERVERS/run/$name.conf" <<-END
	protocols = submission
	base_dir = /run/$name
	state_dir = /run/$name
	log_path = /run/log/$name.log
	hostname = mail.example.com
	mail_location = maildir:/run/$name/unused
	ssl = required
	ssl_cert = </run/certs/$3.crt
	ssl_key = </run/certs/$3.key
	passdb {
	  driver = passwd-file
	  args = /etc/dovecot/users
	}
	userdb {
	  driver = static
	  args = uid=storage gid=storage home=/
	}
	submission_relay_host = 127.0.0.1
	submission_relay_port = $(port "$2")
	submission_relay_ssl = starttls
	submission_relay_ssl_verify = no
	submission_relay_user = alice
	submission_relay_password = wonder1and
	submission_backend_capabilities = $4
	# Processes that serve many: by default each is started for one.
	service submission-login {
	  service_count = 0
	  inet_listener submission {
	    port = 0
	  }
	  inet_listener submissions {
	    address = 127.0.0.1
	    port = $(port "$1")
	    ssl = yes
	  }
	}
	service submission {
	  service_count = 0
	}
	END
	at_start <<<"dovecot -c /run/$name.conf"
}

start_opensmtpd() {
	mkdir -p "$SERVERS/run/lib/opensmtpd/empty" \
		"$SERVERS/top/var/spool/smtpd"
	cat >"$SERVERS/run/smtpd.conf" <<-END
	pki own cert "/run/certs/rsa.crt"
	pki own key "/run/certs/rsa.key"
	table users { alice = "$(openssl passwd -6 wonder1and)" }
	smtp max-message-size 100M
	listen on 127.0.0.1 port $(port opensmtpd-tls) \\
	  smtps pki own auth <users>
	listen on 127.0.0.1 port $(port opensmtpd) \\
	  tls-require pki own auth <users>
	action store mda "/run/store opensmtpd %{sender} alice %{rcpt}" \\
	  virtual { "@" = storage } user storage
	match from auth for any action store
	END
	chmod 600 "$SERVERS/run/smtpd.conf"
	at_start <<-'END'
	mount --bind /run/lib /var/lib
	mount -t tmpfs -o mode=711 tmpfs /var/spool/smtpd
	smtpd -d -f /run/smtpd.conf 2>/run/log/opensmtpd.log &
	END
}

# Without overlayfs Python would look for its modules beside its own file.
start_aiosmtpd() {
	cp "$INTEROP/taker" "$SERVERS/run"
	at_start <<-END
	PYTHONPATH=/usr/lib/python3/dist-packages /usr/bin/python3 /run/taker \
		$(port aiosmtpd) $(port aiosmtpd-7bit) \
		2>/run/log/aiosmtpd.log &
	END
}

start_veil() {
	local name server covered

	cp "$INTEROP/veil" "$SERVERS/run"
	while read -r name _ _ server covered; do
		[ -z "$server" ] || at_start <<-END
		/usr/bin/python3 /run/veil /run/certs/ecdsa.pem \
			$(port "$name") $(port "$server") $covered \
			2>/run/log/veil-$name.log &
		END
	done <<<"$OTHERS"
}
