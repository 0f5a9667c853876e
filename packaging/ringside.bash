# SPDX-License-Identifier: Apache-2.0
# bash completion for ringside: subcommands, options as --help prints them, bundled scenarios, scenario keys, files.
# shellcheck shell=bash

# The type of option $2 in the help of subcommand $1, e.g. FILE; nothing for a flag.
_ringside_type() {
  "${COMP_WORDS[0]}" $1 --help 2>/dev/null | awk -v option="$2" '
    /^  -/ { gsub(/, -/, ",-"); n = split($1, names, ",")
             for (i = 1; i <= n; i++) if (names[i] == option && substr($0, length($1) + 3, 2) ~ / [^ ]/) print $2 }'
}

_ringside_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_ringside_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

_ringside_keys() {
  local machine=''  # a key of one of two machines
  [[ $current == machine.[ab].* ]] && machine=${current:0:10}
  compopt -o nospace 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -S = -W "$("${COMP_WORDS[0]}" --list-keys 2>/dev/null |
    awk -v machine="$machine" '/^[a-z]/ { print machine $1 }')" -- "$current")
}

# What a key may be set to, where that is one of a few words.
_ringside_values() {
  _ringside_words "$("${COMP_WORDS[0]}" --list-keys 2>/dev/null | awk -v key="${1#machine.[ab].}" '
    $1 == key && match($0, /allowed [a-z0-9_]+(\|[a-z0-9_]+)+$/) { words = substr($0, RSTART + 8); gsub(/\|/, " ", words); print words }')"
}

_ringside() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} subcommand='' word
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    if [[ $word == run || $word == regress || $word == oracle || $word == linux ]]; then
      subcommand=$word
      break
    fi
  done
  # bash parts words at "=": --set driver.itr = off
  if [[ $current == = ]]; then
    current=''
    _ringside_values "$before"
    return
  fi
  if [[ $before == = ]]; then
    _ringside_values "${COMP_WORDS[COMP_CWORD - 2]}"
    return
  fi
  if [[ $before == -* ]]; then
    local type
    type=$(_ringside_type "$subcommand" "$before")
    case $type in
      '') ;;
      FILE) _ringside_files -f && return ;;
      DIR) _ringside_files -d && return ;;
      KEY=VALUE) _ringside_keys && return ;;
      *[a-z]\|*[a-z]) _ringside_words "${type//|/ }" && return ;;
      *) return ;;
    esac
  fi
  if [[ $current == -* ]]; then
    _ringside_words "$("${COMP_WORDS[0]}" $subcommand --help 2>/dev/null | awk '/^  -/ { gsub(/, -/, ",-"); gsub(/,/, " ", $1); print $1 }')"
  elif [[ $subcommand == run || $subcommand == linux ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --list 2>/dev/null | awk '{ print $1 }')" -- "$current"
                             compgen -f -X '!*.toml' -- "$current"; compgen -d -- "$current")
  elif [[ -z $subcommand ]]; then
    _ringside_words 'run regress oracle linux'
  fi
}

complete -F _ringside ringside
