"""Rule packs and profiles: found, read, validated, selected; their examples as tests."""
